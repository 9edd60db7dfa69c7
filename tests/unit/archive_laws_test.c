/* link: kp_archive kp_store kp_alloc store_fixture store_postgres postgres faulty_vfs pg_proxy */
/* The law of a history: the text at every revision that is kept is the one that was there,
 * and every part of it is by whoever wrote it; whatever was moved, packed, thinned, forgotten
 * and purged meanwhile, and whatever failed. */
#include "archive/moment.h"
#include "archive/pack.h"
#include "archive/sittings.h"
#include "support/faulty_vfs.h"
#include "support/pg_proxy.h"
#include "support/random_op.h"
#include "support/store_postgres.h"

#include <sqlite3.h>

enum { AUTHORS = 3, REVISIONS_MAX = 400, HOUR_S = 3600 };

/* What really happened. */
struct world {
    struct fixture *f;
    struct random r;
    struct buf texts[REVISIONS_MAX + 1]; /* at each revision */
    struct runs runs[REVISIONS_MAX + 1]; /* and who wrote it */
    uint64_t authors[REVISIONS_MAX];     /* of each operation */
    bool is_known[REVISIONS_MAX + 1];    /* is its text in the history, thinned or not? */
    struct rope text;
    uint64_t revision, saved, purged_at;
    int64_t now_ms;
    struct pack_limits limits;
};

/* ---- the world ---- */

static struct world *world_new(struct fixture *f, struct random r)
{
    struct world *w = test_calloc(1, sizeof *w);
    w->f = f;
    w->r = r;
    w->now_ms = T0_MS;
    w->limits = (struct pack_limits){.segment_bytes = 120, .stored_bytes = UINT64_MAX, .untouched_s = HOUR_S};
    w->is_known[0] = true;
    return w;
}

static void world_free(struct world *w)
{
    for (uint64_t i = 0; i <= w->revision; i++) {
        buf_deinit(&w->texts[i]);
        runs_deinit(&w->runs[i]);
    }
    rope_deinit(&w->text);
    test_free(w);
}

static void copy_runs(const struct runs *from, struct runs *out)
{
    struct buf bytes = {0};
    uint32_t points = 0;
    for (uint32_t i = 0; i < runs_count(from); i++)
        points += runs_at(from, i).points;
    random_must(runs_encode(from, &bytes));
    random_must(runs_decode(buf_slice(&bytes), points, out));
    buf_deinit(&bytes);
}

/* One more operation, by somebody. Appends it to the batch. */
static void do_something(struct world *w, struct buf *batch)
{
    struct op op = {0};
    uint64_t author = 1 + random_below(&w->r, AUTHORS), next = w->revision + 1;
    random_op(&w->r, rope_size(&w->text).points, &op);
    random_must(op_apply(op_view(&op), &w->text));
    random_must(rope_read(&w->text, 0, rope_size(&w->text).points, &w->texts[next]));
    copy_runs(&w->runs[w->revision], &w->runs[next]);
    random_must(runs_apply(&w->runs[next], op_view(&op), author));
    random_must(buf_append_varint(batch, author + 1));
    random_must(buf_append_varint(batch, op.code.len));
    random_must(buf_append(batch, buf_slice(&op.code)));
    w->authors[w->revision] = author;
    w->revision = next;
    op_deinit(&op);
}

/* A store that fails now and then is asked again, as its callers do. */
static struct store_request *ask_until_done(struct world *w, struct store_request *(*make)(struct world *w))
{
    for (;;) {
        struct store_request *r = ask(w->f, make(w));
        if (r->result == OK && (r->kind != STORE_APPEND || r->rows[0].outcome == OK))
            return r;
        store_request_free(r);
        faulty_vfs_heal();
    }
}

static struct buf present_batch;
static uint64_t present_first;

static struct store_request *make_append(struct world *w)
{
    struct store_request *r = append_of("pad", present_first, w->revision, "");
    r->rows[0].batch = buf_slice(&present_batch);
    r->now_ms = w->now_ms;
    return r;
}

static void type(struct world *w)
{
    uint32_t count = 1 + random_below(&w->r, 4);
    if (w->revision + count > REVISIONS_MAX)
        return;
    buf_clear(&present_batch);
    present_first = w->revision;
    random_must(buf_append_byte(&present_batch, 1));
    random_must(buf_append_byte(&present_batch, 0));
    while (count-- > 0) {
        do_something(w, &present_batch);
        w->is_known[w->revision] = true;
    }
    store_request_free(ask_until_done(w, make_append));
}

static enum store_history_change present_change;

static struct store_request *make_snapshot(struct world *w)
{
    struct store_request *r = snapshot_of("pad", "", w->revision);
    random_must(store_request_copy(r, buf_slice(&w->texts[w->revision]), &r->text));
    if (!r->text.ptr)
        r->text = SLICE("");
    r->now_ms = w->now_ms;
    r->history_change = present_change;
    r->keep_from = w->saved + (w->revision - w->saved) / 2;
    return r;
}

static void snapshot(struct world *w)
{
    present_change = STORE_HISTORY_GOES_ON;
    store_request_free(ask_until_done(w, make_snapshot));
    w->saved = w->revision;
}

static void forget(struct world *w, uint64_t before)
{
    for (uint64_t i = 0; i < before; i++)
        w->is_known[i] = false;
}

static void purge(struct world *w)
{
    present_change = STORE_HISTORY_PURGE;
    store_request_free(ask_until_done(w, make_snapshot));
    forget(w, w->revision);
    w->saved = w->purged_at = w->revision;
}

/* ---- reading ---- */

static struct store_history asked;

static struct store_request *make_read(struct world *w)
{
    struct store_request *r = store_request_new(STORE_HISTORY, SLICE("pad"));
    r->now_ms = w->now_ms;
    random_must(store_request_history(r));
    *r->history = asked;
    return r;
}

static struct store_request *read_history(struct world *w, uint32_t wants, uint64_t from, uint64_t to)
{
    asked = (struct store_history){.from = from,
                                   .to = to,
                                   .wants = wants,
                                   .max_bytes =
                                       wants & STORE_HISTORY_LOOSE ? random_below(&w->r, 400) : UINT32_MAX,
                                   .full_bytes = w->limits.segment_bytes};
    return ask_until_done(w, make_read);
}

/* A runs' author is unknown where the operations that say so were purged. */
static void check_runs(const struct world *w, const struct moment *m)
{
    const struct runs *expected = &w->runs[m->revision];
    uint32_t at = 0, points = rope_size(&m->text).points, i = 0, k = 0, of_i = 0, of_k = 0;
    while (at < points) {
        if (of_i == 0)
            of_i = runs_at(&m->runs, i).points;
        if (of_k == 0)
            of_k = runs_at(expected, k).points;
        uint32_t step = of_i < of_k ? of_i : of_k;
        uint64_t author = runs_at(&m->runs, i).author;
        if (author != PAD_SYSTEM_USER)
            assert_int_equal(author, runs_at(expected, k).author);
        else
            assert_true(w->purged_at > 0);
        at += step;
        i += (of_i -= step) == 0;
        k += (of_k -= step) == 0;
    }
    assert_int_equal(i, runs_count(&m->runs));
}

static void check_text(struct world *w, uint64_t revision)
{
    struct store_request *r = read_history(
        w, STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS, revision, revision);
    struct moment m;
    struct buf text = {0};
    assert_true(r->found);
    enum error err = moment_reach(&m, r->history, revision, true);
    if (!w->is_known[revision]) {
        if (!err)
            assert_true(m.revision < revision || revision >= w->purged_at);
        if (!err)
            moment_end(&m);
        store_request_free(r);
        return;
    }
    assert_int_equal(err, OK);
    assert_int_equal(m.revision, revision);
    random_must(rope_read(&m.text, 0, rope_size(&m.text).points, &text));
    assert_true(slice_equal(buf_slice(&text), buf_slice(&w->texts[revision])));
    check_runs(w, &m);
    buf_deinit(&text);
    moment_end(&m);
    store_request_free(r);
}

/* Everything from the beginning to the present, each revision in exactly one place. */
static void check_whole(struct world *w)
{
    struct store_request *r = read_history(
        w, STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS, 0, UINT64_MAX);
    uint64_t begins = r->history->begins;
    store_request_free(r);
    r = read_history(w, STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS, begins,
                     UINT64_MAX);
    const struct store_history *h = r->history;
    assert_int_equal(h->end, w->revision);
    for (uint64_t i = 0; i < begins; i++)
        assert_false(w->is_known[i]);
    uint64_t at = 0;
    for (uint32_t i = 0; i < h->segment_count; at = h->segments[i++].end_revision)
        assert_true(i == 0 || h->segments[i].first_revision == at);
    for (uint32_t i = 0; i < h->row_count; at = h->rows[i++].end_revision)
        assert_true(at == 0 || h->rows[i].first_revision == at);

    struct walk walk;
    struct archive_entry entry;
    walk_begin(&walk, h, begins);
    while (walk_next(&walk, &entry) == OK && !walk.is_done) {
        for (uint64_t i = entry.first; i < entry.end; i++)
            assert_int_equal(w->authors[i], entry.author);
        for (uint64_t i = entry.first + 1; i < entry.end; i++) /* thinned away */
            w->is_known[i] = false;
        assert_true(w->is_known[entry.end]);
    }
    assert_int_equal(walk.revision, w->revision);
    walk_end(&walk);
    store_request_free(r);
}

/* ---- maintenance, as doc/archiver.c does it ---- */

/* What is put goes once more if it fails: nobody knows whether it was done. */
static void put(struct world *w, struct store_request *made)
{
    if (!made)
        return;
    made->now_ms = w->now_ms;
    for (;;) {
        struct store_request *r = ask(w->f, made);
        enum error result = r->result;
        if (result == OK)
            break;
        faulty_vfs_heal();
    }
    store_request_free(made);
}

static void pack(struct world *w)
{
    struct store_request *made = NULL;
    struct store_request *r = read_history(
        w, STORE_HISTORY_LOOSE | STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS, 0,
        0);
    assert_int_equal(pack_loose(r, &w->limits, &made), OK);
    put(w, made);
    store_request_free(r);
}

/* One step. True while there is more to thin. */
static bool thin_step(struct world *w)
{
    struct store_request *made = NULL, *r = read_history(w, STORE_HISTORY_HEADS, 0, 0);
    struct pack_plan plan = pack_plan(r->history, &w->limits);
    uint64_t begins = r->history->begins;
    store_request_free(r);
    if (plan.detail) {
        r = read_history(w, STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS, plan.from, plan.to);
        assert_int_equal(r->history->checkpoints[0].revision, plan.from);
        assert_int_equal(pack_thin(r, plan.detail, &w->limits, &made), OK);
        store_request_free(r);
        assert_int_equal(made->history->from, plan.from);
        assert_int_equal(made->history->to, plan.to);
        put(w, made);
    } else if (plan.forget_before > begins) {
        made = store_request_new(STORE_HISTORY_PUT, SLICE("pad"));
        random_must(store_request_history(made));
        made->history->forget_before = plan.forget_before;
        put(w, made);
        forget(w, plan.forget_before);
    } else {
        return false;
    }
    return true;
}

static void thin(struct world *w)
{
    w->limits.stored_bytes = random_one_in(&w->r, 4) ? 0 : 2000;
    for (int i = 0; i < 50 && thin_step(w); i++)
        continue;
    w->limits.stored_bytes = UINT64_MAX;
}

static void pass_time(struct world *w)
{
    static const int64_t STEPS_MS[] = {500, 8000, 50000, 500000, INT64_C(2) * HOUR_S * 1000};
    w->now_ms += STEPS_MS[random_below(&w->r, 5)];
}

static void restart(struct world *w)
{
    fixture_close(w->f);
    fixture_open(w->f, STORE_JOURNAL);
}

/* ---- a life ---- */

static void step(struct world *w, bool may_restart)
{
    switch (random_below(&w->r, 16)) {
    case 0:
    case 1:
        snapshot(w);
        break;
    case 2:
        pack(w);
        break;
    case 3:
        thin(w);
        break;
    case 4:
        pass_time(w);
        break;
    case 5:
        if (random_one_in(&w->r, 8))
            purge(w);
        break;
    case 6:
        if (may_restart && random_one_in(&w->r, 3))
            restart(w);
        break;
    default:
        type(w);
        pass_time(w);
    }
}

static void live(struct fixture *f, struct random *r, bool may_restart, void (*before_step)(struct random *r))
{
    struct world *w = world_new(f, *r);
    while (w->revision + 8 < REVISIONS_MAX) {
        if (before_step)
            before_step(&w->r);
        step(w, may_restart);
        if (random_one_in(&w->r, 12))
            check_whole(w);
    }
    faulty_vfs_heal();
    check_whole(w);
    for (uint64_t i = 0; i <= w->revision; i++)
        check_text(w, i);
    *r = w->r;
    world_free(w);
}

static void any_text_that_is_kept_is_the_one_that_was_there(void **state)
{
    (void)state;
    struct random r = random_start();
    for (unsigned round = 0, rounds = random_rounds(fixture_database ? 2 : 12); round < rounds; round++) {
        struct fixture f;
        fixture_init(&f, NULL);
        f.has_wall = true;
        f.wall_ms = T0_MS;
        f.keeps_history = true;
        fixture_open(&f, STORE_JOURNAL);
        live(&f, &r, true, NULL);
        fixture_deinit(&f);
    }
    buf_deinit(&present_batch);
}

static void fail_something(struct random *r)
{
    static const enum faulty_op OPS[] = {FAULTY_WRITE, FAULTY_READ, FAULTY_SHM_LOCK, FAULTY_SYNC};
    static const int CODES[] = {SQLITE_FULL, SQLITE_IOERR_READ, SQLITE_BUSY, SQLITE_IOERR_FSYNC};
    uint32_t which = random_below(r, 4);
    faulty_vfs_heal();
    if (random_one_in(r, 2))
        faulty_vfs_fail(OPS[which], CODES[which], random_below(r, 12), 1 + random_below(r, 2));
}

/* A disk that fails in the middle of any statement. */
static void it_is_so_on_a_disk_that_fails(void **state)
{
    (void)state;
    struct random r = random_start();
    faulty_vfs_register();
    for (unsigned round = 0, rounds = random_rounds(4); round < rounds; round++) {
        struct fixture f;
        fixture_init(&f, "file:%s?vfs=faulty");
        f.has_wall = true;
        f.wall_ms = T0_MS;
        f.keeps_history = true;
        fixture_open(&f, STORE_JOURNAL);
        live(&f, &r, false, fail_something);
        fixture_deinit(&f);
    }
    buf_deinit(&present_batch);
}

/* ---- a connection that breaks ---- */

static struct postgres server;
static struct pg_proxy *proxy;

/* Where each statement of a history's transactions begins. */
static const char *const CUT_STATEMENTS[] = {
    "INSERT INTO kp_journal",
    "INSERT INTO kp_documents",
    "INSERT INTO kp_checkpoints",
    "INSERT INTO kp_history (",
    "WITH gone AS",
    "SELECT count(*), coalesce(sum(x.bytes)",
    "DELETE FROM kp_history_fresh",
    "DELETE FROM kp_history WHERE",
    "DELETE FROM kp_checkpoints",
    "DELETE FROM kp_authors",
    "DELETE FROM kp_journal",
};
static const char *const CUT_PLACES[] = {"before", "within", "after", "before-answer", "within-answer"};
enum {
    CUT_STATEMENT_COUNT = sizeof CUT_STATEMENTS / sizeof CUT_STATEMENTS[0],
    CUT_PLACE_COUNT = sizeof CUT_PLACES / sizeof CUT_PLACES[0],
};

/* One after the other: how many cuts were asked for, the last of which may be yet to come. */
static unsigned cuts, cuts_before;

static void cut_next(struct random *r)
{
    char rule[128];
    (void)r;
    if (pg_proxy_fired(proxy) - cuts_before < cuts)
        return;
    unsigned which = cuts++ % (CUT_STATEMENT_COUNT * CUT_PLACE_COUNT);
    snprintf(rule, sizeof rule, "cut %s %s", CUT_PLACES[which % CUT_PLACE_COUNT],
             CUT_STATEMENTS[which / CUT_PLACE_COUNT]);
    assert_true(pg_proxy_say(proxy, rule));
}

/* A connection that is cut at every statement: before it, within it, behind it, and in its answer. */
static void it_is_so_wherever_a_connection_breaks(void **state)
{
    (void)state;
    struct random r = random_start();
    proxy = pg_proxy_new(server.port);
    cuts_before = pg_proxy_fired(proxy);
    for (cuts = 0; cuts <= CUT_STATEMENT_COUNT * CUT_PLACE_COUNT;) {
        struct fixture f;
        fixture_init(&f, NULL);
        snprintf(f.uri, sizeof f.uri, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
        f.has_wall = true;
        f.wall_ms = T0_MS;
        f.keeps_history = true;
        fixture_open(&f, STORE_JOURNAL);
        live(&f, &r, false, cut_next);
        fixture_deinit(&f);
    }
    pg_proxy_free(proxy);
    buf_deinit(&present_batch);
}

static const struct CMUnitTest sqlite_tests[] = {
    cmocka_unit_test(any_text_that_is_kept_is_the_one_that_was_there),
    cmocka_unit_test(it_is_so_on_a_disk_that_fails),
};
static const struct CMUnitTest postgres_tests[] = {
    cmocka_unit_test(any_text_that_is_kept_is_the_one_that_was_there),
    cmocka_unit_test(it_is_so_wherever_a_connection_breaks),
};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", sqlite_tests, NULL, NULL);
    return failed + store_run_on_postgres("archive_laws_test", postgres_tests, &server);
}
