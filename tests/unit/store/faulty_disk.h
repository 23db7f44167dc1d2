/* A disk that fails on demand: a layer between SQLite and its files, which passes everything on until it is
 * told otherwise. Thread: any. */
#pragma once

/* Becomes what SQLite uses, until the process ends. Before the first store_open(). */
void faulty_disk_install(void);

/* From the n-th write on (0: at once) writes of files whose name ends in `suffix` return `status`
 * (SQLITE_FULL, SQLITE_IOERR_WRITE ...); SQLITE_OK: no more faults. */
void faulty_disk_fail(const char *suffix, unsigned n, int status);

/* What SQLite asks of a disk. */
enum faulty_step {
    FAULTY_READ = 1,
    FAULTY_WRITE = 2,
    FAULTY_TRUNCATE = 4,
    FAULTY_SYNC = 8,
    FAULTY_LOCK = 16, /* of the file and of the log's index */
    FAULTY_OPEN = 32, /* and deleting, and mapping the log's index */
};

/* The n-th of these steps (0: the next one), of whichever file, fails once with `status`. */
void faulty_disk_fail_once(unsigned steps, unsigned n, int status);
/* Nothing fails any more of that. Whether it has. */
int faulty_disk_stop(void);

/* Before the n-th of these steps the process is killed. */
void faulty_disk_kill(unsigned steps, unsigned n);
