urlstat_fuzz(frame FOLDERS wire base)
