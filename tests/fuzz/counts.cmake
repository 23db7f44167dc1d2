urlstat_fuzz(counts FOLDERS counts words base)
