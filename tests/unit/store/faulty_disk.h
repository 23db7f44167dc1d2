/* A disk that fails on demand: a layer between SQLite and its files, which passes everything on until it is
 * told to fail writes. Thread: any. */
#pragma once

/* Becomes what SQLite uses, until the process ends. Before the first store_open(). */
void faulty_disk_install(void);

/* From the n-th write on (0: at once) writes of files whose name ends in `suffix` return `status`
 * (SQLITE_FULL, SQLITE_IOERR_WRITE ...); SQLITE_OK: no more faults. */
void faulty_disk_fail(const char *suffix, unsigned n, int status);
