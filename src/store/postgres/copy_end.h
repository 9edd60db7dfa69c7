/* copy_end.h - a PostgreSQL database as one end of a copy (store/copy_end.h).
 *
 * Rows are read through a cursor and written with arrays, a few hundred in a statement:
 * the parameters and the deadlines of connection.h do for that what COPY, which has a
 * protocol of its own, would do no sooner.
 *
 * From open to close the tables of lives and lanes are locked: nobody can register,
 * and whoever would write anything begins by locking a row there. */
#ifndef KOLABPAD_STORE_POSTGRES_COPY_END_H
#define KOLABPAD_STORE_POSTGRES_COPY_END_H

#include "store/copy_end.h"

extern const struct copy_end_ops POSTGRES_COPY_END;

#endif
