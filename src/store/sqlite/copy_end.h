/* copy_end.h - a SQLite file as one end of a copy (store/copy_end.h).
 *
 * The file's lock is held from open to close, so no server of ours runs on it. */
#ifndef KOLABPAD_STORE_SQLITE_COPY_END_H
#define KOLABPAD_STORE_SQLITE_COPY_END_H

#include "store/copy_end.h"

extern const struct copy_end_ops SQLITE_COPY_END;

#endif
