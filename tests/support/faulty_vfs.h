/* faulty_vfs.h - a disk that fails when told to.
 *
 * A SQLite VFS named "faulty" in front of the system's. Open a database
 * through it with  file:PATH?vfs=faulty  and then
 *
 *     faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, 3, 1);   the 4th write from now finds the disk full
 *     faulty_vfs_fail(FAULTY_SYNC, SQLITE_IOERR_FSYNC, 0, FAULTY_ALWAYS);
 *     faulty_vfs_heal();
 *
 * or pull the plug: from faulty_vfs_record on it remembers what was written and
 * not yet synced. After faulty_vfs_cut_power everything fails; when the
 * program has closed its files, faulty_vfs_restore_power leaves on the real disk
 * what a machine would find there: all that was synced, and of the rest a random
 * part, in any order, some of it torn at sector boundaries.
 *
 * One disk per process, any number of files and threads. */
#ifndef KOLABPAD_TESTS_FAULTY_VFS_H
#define KOLABPAD_TESTS_FAULTY_VFS_H

#include <stdint.h>

enum faulty_op {
    FAULTY_OPEN,
    FAULTY_READ,
    FAULTY_WRITE,
    FAULTY_SYNC,
    FAULTY_TRUNCATE,
    FAULTY_SHM_LOCK, /* the locks of the write-ahead log, exclusive ones only */
    FAULTY_OP_COUNT
};

#define FAULTY_ALWAYS UINT32_MAX

void faulty_vfs_register(void);

/* After `skip` more operations of that kind, the next `times` answer `code`. */
void faulty_vfs_fail(enum faulty_op op, int code, uint32_t skip, uint32_t times);
/* No operation fails any more; recording goes on. */
void faulty_vfs_heal(void);
/* How many operations were made to fail since the last faulty_vfs_heal. */
uint32_t faulty_vfs_failures(void);

/* Begins with the files as they are when they are opened next. */
void faulty_vfs_record(void);
void faulty_vfs_cut_power(void);
void faulty_vfs_restore_power(uint64_t seed);

#endif
