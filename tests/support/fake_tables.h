/* fake_tables.h - the store's tables in memory: what a request does to them,
 * as docs/architecture.md and src/store say.
 *
 *   documents   one fake_document each: the row
 *   journal     its batches, by first_revision
 *   epochs      the last FAKE_EPOCHS_KEPT of it, oldest first
 *   rights      the owner and the links of each, in its row
 *   comments    the threads of each, in its row, and their places
 *   placements  which server has a document in memory, where they share the database
 *
 * A test may look at everything, and change it to play an old or a damaged
 * database. Memory comes from malloc and not from base/alloc.h, so that a test
 * that lets allocations fail does not fail this; the answers are the requests'
 * own, and end in ERR_NO_MEMORY when there is none for them. */
#ifndef KOLABPAD_TESTS_FAKE_TABLES_H
#define KOLABPAD_TESTS_FAKE_TABLES_H

#include "store/store.h"

enum { FAKE_EPOCHS_KEPT = 8 };

struct fake_batch {
    struct link link;
    uint64_t first_revision, end_revision;
    int64_t time_ms;
    struct slice bytes; /* owned, as all slices here */
};

struct fake_comment {
    struct link link;
    struct slice id, bytes;
};

struct fake_document {
    struct link link; /* in tables->documents, in the order of their making */
    struct slice id, text;
    struct slice language, password; /* NULL ptr: none */
    struct slice clients;
    uint64_t revision;
    int64_t created_s, updated_s, accessed_s;
    struct link batches;        /* struct fake_batch */
    struct store_rights rights; /* its links and their names are owned */
    struct link comments;       /* struct fake_comment */
    struct store_places places; /* NULL ptr: none */
    struct store_epoch epochs[FAKE_EPOCHS_KEPT];
    uint32_t epoch_count;
};

struct fake_placement {
    struct link link;
    struct slice id, address;
    uint64_t incarnation;
};

struct fake_tables {
    struct link documents;  /* struct fake_document */
    struct link placements; /* struct fake_placement */
    struct id128 *deleted;  /* epochs of what was deleted for good; owned */
    uint32_t deleted_count;
    struct slice bad; /* writes of this document fail, as on a damaged page; NULL ptr: of none */
    uint64_t self;    /* the incarnation of the server that asks; 0, unless there are several */
};

void fake_tables_init(struct fake_tables *t);
void fake_tables_deinit(struct fake_tables *t);

/* The row; NULL: there is none. */
struct fake_document *fake_tables_find(const struct fake_tables *t, struct slice id);
/* How many batches the journal has of it. */
uint32_t fake_document_batches(const struct fake_document *doc);
/* Who has it in memory; NULL: nobody. */
struct fake_placement *fake_tables_placement(const struct fake_tables *t, struct slice id);
/* Another server has it from now on. */
void fake_tables_place(struct fake_tables *t, struct slice id, uint64_t incarnation, struct slice address);
/* Nobody has it any more. */
void fake_tables_release(struct fake_tables *t, struct slice id);
/* Puts another value in the place of *field; NULL ptr: none. */
void fake_document_set(struct slice *field, struct slice value);

/* Carries the request out and fills in its answer: OK, ERR_NO_MEMORY (of a
 * read), ERR_FORBIDDEN (DELETE of a fresh one), ERR_ELSEWHERE (LOAD of one that another
 * server has), ERR_STORAGE (a write of the bad one; of an APPEND the outcome of its
 * row). Aborts when an APPEND repeats a
 * first_revision, which the table's key rules out. */
void fake_tables_carry_out(struct fake_tables *t, struct store_request *req);

#endif
