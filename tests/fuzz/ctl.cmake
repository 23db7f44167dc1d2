urlstat_fuzz(source FOLDERS ctl wire words counts base)
