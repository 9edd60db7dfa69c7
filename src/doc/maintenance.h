/* maintenance.h - what is done for all documents of a shard: in each turn, when
 * the time has come, when the database fails, and at the end. */
#ifndef KOLABPAD_DOC_MAINTENANCE_H
#define KOLABPAD_DOC_MAINTENANCE_H

#include "doc/documents.h"

/* Calls on_news for each document whose peers may lack something, and drops
 * what was left without ever having been written. */
void documents_broadcast(struct documents *docs);

/* Does what is due by the clock: shows carets that were held back, lets the
 * persister look, evicts. It asks the host for its next call itself; the owner
 * makes the first. */
void documents_on_timer(struct documents *docs);

/* Whether anything can be written is told in every document, and to those who
 * wait for a commit. */
void documents_set_storage_failing(struct documents *docs, bool is_failing);

/* ---- the end, in this order ---- */

/* From now on nothing new: open requests are refused, edits too. */
void documents_stop(struct documents *docs);
/* True once everything that is in memory is in the database, as far as the
 * store takes it; asks for what is missing. To be called every turn. */
bool documents_are_written(struct documents *docs);
/* It is not waited for any longer: answers those who still wait for a write. */
void documents_give_up(struct documents *docs);
/* Drops everything from memory, written or not (documents->unwritten). No peers may be left. */
void documents_close(struct documents *docs);

#endif
