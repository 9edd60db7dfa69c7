/* history_fixture.h - requests about the history of a document, for tests of the store. */
#ifndef KOLABPAD_TESTS_HISTORY_FIXTURE_H
#define KOLABPAD_TESTS_HISTORY_FIXTURE_H

#include "support/store_postgres.h"

#include <unistd.h>

enum { HOUR_MS = 60 * 60 * 1000, DAY_S = 24 * 60 * 60 };

static inline int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    f->has_wall = true;
    f->wall_ms = T0_MS;
    f->keeps_history = true;
    fixture_open(f, STORE_JOURNAL);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* ---- requests ---- */

static inline void append(struct fixture *f, uint64_t first, uint64_t end, const char *batch)
{
    expect(f, append_of("pad", first, end, batch), OK);
}

static inline struct store_request *snapshot(struct fixture *f, const char *text, uint64_t revision,
                                             uint64_t keep_from)
{
    struct store_request *r = snapshot_of("pad", text, revision);
    r->keep_from = keep_from;
    r = ask(f, r);
    assert_int_equal(r->result, OK);
    return r;
}

static inline void snap(struct fixture *f, const char *text, uint64_t revision, uint64_t keep_from)
{
    store_request_free(snapshot(f, text, revision, keep_from));
}

static inline struct store_request *history_of(const char *id, uint32_t wants, uint64_t from, uint64_t to)
{
    struct store_request *r = store_request_new(STORE_HISTORY, slice_from_cstr(id));
    assert_non_null(r);
    assert_int_equal(store_request_history(r), OK);
    r->history->wants = wants;
    r->history->from = from;
    r->history->to = to;
    r->history->max_bytes = UINT32_MAX;
    return r;
}

static inline struct store_request *read_history(struct fixture *f, uint32_t wants, uint64_t from,
                                                 uint64_t to)
{
    struct store_request *r = ask(f, history_of("pad", wants, from, to));
    assert_int_equal(r->result, OK);
    assert_true(r->found);
    return r;
}

static inline struct store_request *put_of(uint64_t from, uint64_t to)
{
    struct store_request *r = store_request_new(STORE_HISTORY_PUT, SLICE("pad"));
    assert_non_null(r);
    r->now_ms = T0_MS;
    assert_int_equal(store_request_history(r), OK);
    r->history->from = from;
    r->history->to = to;
    return r;
}

static inline void add_segment(struct store_request *r, uint64_t first, uint64_t end, const char *operations)
{
    struct store_segment s = {.first_revision = first,
                              .end_revision = end,
                              .began_ms = T0_MS,
                              .ended_ms = T0_MS + 1,
                              .kept_s = T0_MS / 1000,
                              .detail = 0,
                              .bytes = 1000,
                              .sittings = SLICE("s"),
                              .operations = slice_from_cstr(operations)};
    assert_int_equal(store_request_add_segment(r, &s), OK);
}

static inline void add_checkpoint(struct store_request *r, uint64_t revision, const char *text)
{
    struct store_checkpoint c = {.revision = revision,
                                 .kept_s = T0_MS / 1000,
                                 .is_packed = true,
                                 .bytes = 9,
                                 .runs = SLICE("r"),
                                 .text = slice_from_cstr(text)};
    assert_int_equal(store_request_add_checkpoint(r, &c), OK);
}

/* Revisions 0 to 6 in two segments, with their checkpoints; 6 to 7 in the journal. */
static inline void put_two_segments(struct fixture *f)
{
    append(f, 0, 3, "abc");
    append(f, 3, 6, "def");
    append(f, 6, 7, "g");
    snap(f, "abcdefg", 7, 6);
    struct store_request *r = put_of(0, 6);
    add_segment(r, 0, 3, "ABC");
    add_segment(r, 3, 6, "DEF");
    add_checkpoint(r, 0, "zero");
    add_checkpoint(r, 3, "three");
    add_checkpoint(r, 6, "six");
    expect(f, r, OK);
}

static inline const char *all_tables(struct fixture *f)
{
    return sql(
        f, "SELECT (SELECT count(*) FROM history_fresh) || ' ' || (SELECT count(*) FROM history) || ' ' ||"
           " (SELECT count(*) FROM checkpoints) || ' ' || (SELECT count(*) FROM authors)");
}

/* ---- authors ---- */

static inline void append_by(struct fixture *f, uint64_t first, uint64_t author, const char *name)
{
    struct store_request *r = append_of("pad", first, first + 1, "x");
    struct store_author a = {.author = author,
                             .first_revision = first,
                             .name = slice_from_cstr(name),
                             .hue = 20,
                             .seen_ms = T0_MS};
    assert_int_equal(store_request_add_author(r, &a), OK);
    expect(f, r, OK);
}

#endif
