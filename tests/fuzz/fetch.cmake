urlstat_fuzz(url FOLDERS fetch)
urlstat_fuzz(robots FOLDERS fetch)
