urlstat_fuzz(url FOLDERS fetch)
urlstat_fuzz(robots FOLDERS fetch)
urlstat_fuzz(response_head FOLDERS fetch)
