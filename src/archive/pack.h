/* pack.h - puts what is loose into segments, and thins what has become too much.
 *
 * Both are a digest of a STORE_HISTORY, and both make a STORE_HISTORY_PUT that replaces
 * what they have read:
 *
 *     checkpoint ─ entries ──►  checkpoint ─ segment ─ checkpoint ─ segment ─ checkpoint
 *
 * Whoever posts the request sees to it that nothing else changes the document's history
 * between the two (doc/archiver.h). */
#ifndef KOLABPAD_ARCHIVE_PACK_H
#define KOLABPAD_ARCHIVE_PACK_H

#include "store/store.h"

struct pack_limits {
    uint32_t segment_bytes; /* of operations before compression, at least; a segment ends behind the
                             * entry that reaches it */
    uint64_t stored_bytes;  /* of all segments and checkpoints of the document; beyond it is thinned */
    int64_t untouched_s;    /* what was kept for less than that is never thinned */
};

/* 64 KiB, or three times the text, 2 MiB at most: the texts between segments, which compress less well than
 * operations do, are not to be more than half of what is kept. */
uint32_t pack_segment_bytes(uint32_t text_bytes);

/* What an answer to STORE_HISTORY_LOOSE | CHECKPOINT | SEGMENTS | ROWS comes to. *put stays
 * NULL where there is nothing to do. Where something is missing in between, what cannot be
 * reached any more is deleted. ERR_STORAGE, ERR_NO_MEMORY: *put is as it was. */
enum error pack_loose(const struct store_request *req, const struct pack_limits *limits,
                      struct store_request **put);

/* Which segments are thinned next, by an answer to STORE_HISTORY_HEADS: revisions, and to
 * which detail; or up to which revision everything has to go. */
struct pack_plan {
    uint64_t from, to;
    uint32_t detail;        /* 0: nothing is thinned */
    uint64_t forget_before; /* 0: nothing is forgotten */
};
struct pack_plan pack_plan(const struct store_history *history, const struct pack_limits *limits);

/* Thins what an answer to STORE_HISTORY_CHECKPOINT | SEGMENTS of those revisions brought:
 * what one author did within 10 s (detail 1), a minute (2), ten minutes (3) becomes one
 * entry. Otherwise like pack_loose. */
enum error pack_thin(const struct store_request *req, uint32_t detail, const struct pack_limits *limits,
                     struct store_request **put);

#endif
