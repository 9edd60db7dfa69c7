/* documents.h - a group of everything but APPENDs: claims and loads, peeks,
 * snapshots, openings, deletions, searches for what has expired, releases.
 *
 * The whole group is one round trip and one transaction, in its order; neighbours of
 * one kind share their statements. Whatever a LOAD answers was read behind the claim
 * and before a commit that was waited for (docs/decisions/091). */
#ifndef KOLABPAD_STORE_POSTGRES_DOCUMENTS_H
#define KOLABPAD_STORE_POSTGRES_DOCUMENTS_H

#include "store/postgres/lane.h"

/* REPLY_OK: committed, and each request has its answer; unless lane->is_fenced. Else the
 * same group may be tried again, whether it was committed or not. */
enum reply documents_carry_out(struct pg_lane *lane, struct link *group);

#endif
