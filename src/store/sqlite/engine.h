/* engine.h - SQLite behind the store: one file, one lane.
 *
 * The engine takes the file's lock, then opens the database; a group is one
 * SQLite transaction, a checkpoint follows when the answers are out. A failed
 * commit is rolled back, so what fails is never half there, and a group that is
 * tried again finds nothing of its first try. */
#ifndef KOLABPAD_STORE_SQLITE_ENGINE_H
#define KOLABPAD_STORE_SQLITE_ENGINE_H

#include "store/engine.h"

extern const struct engine_ops SQLITE_ENGINE;

#endif
