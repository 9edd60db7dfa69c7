/* link: kp_store kp_alloc store_fixture store_postgres postgres pg_proxy */
/* PostgreSQL behind the store, where it differs from a file: answers that are lost,
 * documents that others own, lives that end, a calendar that servers share. */
#include "support/postgres_fixture.h"

static void say(const char *rule)
{
    assert_true(pg_proxy_say(proxy, rule));
}

/* ---- an answer that is lost --------------------------------------------------------- */

static const char *const PLACES[] = {"before", "within", "after", "before-answer", "within-answer"};
enum { PLACE_COUNT = sizeof PLACES / sizeof PLACES[0] };

static void cut(const char *place, const char *statement)
{
    char rule[96];
    snprintf(rule, sizeof rule, "cut %s %s", place, statement);
    say(rule);
}

static void an_append_counts_once_wherever_its_connection_breaks(void **state)
{
    struct fixture *f = *state;
    unsigned fired = pg_proxy_fired(proxy);
    for (uint64_t i = 0; i < PLACE_COUNT; i++) {
        cut(PLACES[i], "INSERT INTO kp_journal");
        struct store_request *r = ask(f, append_of("pad", i, i + 1, "x"));
        assert_int_equal(r->result, OK);
        assert_int_equal(r->rows[0].outcome, OK);
        store_request_free(r);
        assert_int_equal(pg_proxy_fired(proxy), ++fired);
    }
    assert_string_equal(sql(f, "SELECT count(*) || '/' || max(end_revision) FROM journal"), "5/5");
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 0); /* nobody need hear of it */
    assert_false(store_is_failing(f->store));
}

static void several_rows_of_a_document_are_recognised_one_by_one(void **state)
{
    struct fixture *f = *state;
    hold_writes(f);
    post(f, append_of("first", 0, 1, "x"));
    wait_until_held(f);
    for (uint64_t i = 0; i < 5; i++) {
        post(f, append_of("pad", i, i + 1, "x"));
        post(f, append_of("other", i, i + 1, "y"));
    }
    say("cut before-answer INSERT INTO kp_journal");
    release_writes(f);
    for (int i = 0; i < 11; i++) {
        struct store_request *r = next_answer(f, 20000);
        assert_non_null(r);
        assert_int_equal(r->result, OK);
        assert_int_equal(r->rows[0].outcome, OK);
        store_request_free(r);
    }
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "11");
}

/* The process behind a lane's connection. */
static int backend_of(struct fixture *f, int lane)
{
    char query[128];
    snprintf(query, sizeof query,
             "SELECT pid FROM pg_stat_activity WHERE application_name = 'kolabpad %s %d'", incarnation(f),
             lane);
    return atoi(sql(f, query));
}

static void a_commit_that_may_be_on_no_standby_is_asked_for_again(void **state)
{
    struct fixture *f = *state;
    unsigned fired = pg_proxy_fired(proxy);
    int appends = backend_of(f, 0), documents = backend_of(f, 1);
    assert_true(appends && documents);
    say("warn 01000 INSERT INTO kp_journal");
    expect(f, append_of("pad", 0, 1, "x"), OK);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "1");
    assert_int_not_equal(backend_of(f, 0), appends); /* over a new connection */
    say("warn 01000 INSERT INTO kp_documents");
    expect(f, snapshot_of("pad", "text", 1), OK);
    assert_string_equal(sql(f, "SELECT text FROM documents"), "text");
    assert_int_not_equal(backend_of(f, 1), documents);
    assert_int_equal(pg_proxy_fired(proxy), fired + 2);
}

static struct store_request *rights_of(const char *id)
{
    struct store_link link = {.name = SLICE("link")};
    struct store_rights rights = {.has_owner = true, .links = &link, .link_count = 1};
    struct store_request *req = store_request_new(STORE_RIGHTS, slice_from_cstr(id));
    memset(link.id, 'a', sizeof link.id);
    assert_int_equal(store_request_put_rights(req, &rights), OK);
    return req;
}

static void everything_else_counts_once_too(void **state)
{
    struct fixture *f = *state;
    unsigned fired = pg_proxy_fired(proxy);
    for (int i = 0; i < PLACE_COUNT; i++) {
        char epoch = (char)('A' + i);
        cut(PLACES[i], "INSERT INTO kp_documents");
        expect(f, snapshot_of("pad", "text", 3), OK);
        cut(PLACES[i], "INSERT INTO kp_placement");
        struct store_request *r = ask(f, load_with_epoch("pad", epoch));
        assert_int_equal(r->result, OK);
        assert_true(r->found);
        assert_slice(r->text, "text");
        assert_int_equal(r->epoch_count, i);
        store_request_free(r);
        cut(PLACES[i], "UPDATE kp_documents");
        expect(f, open_of("pad", epoch, 3), OK);
        cut(PLACES[i], "INSERT INTO kp_rights");
        expect(f, rights_of("pad"), OK);
        assert_string_equal(sql(f, "SELECT count(*) FROM kp_links"), "1");
        cut(PLACES[i], "DELETE FROM kp_placement WHERE owner");
        expect(f, store_request_new(STORE_RELEASE, SLICE("pad")), OK);
        assert_string_equal(sql(f, "SELECT count(*) FROM kp_placement"), "0");
    }
    assert_string_equal(sql(f, "SELECT count(*) FROM epochs"), "5");
    cut("before-answer", "DELETE FROM kp_documents");
    expect(f, delete_of("pad", T0_MS + 5000), OK);
    assert_int_equal(documents_in(f), 0);
    assert_int_equal(pg_proxy_fired(proxy) - fired, 5 * PLACE_COUNT + 1);
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 0);
}

static void an_outage_is_waited_out_in_order(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 1, "0"), OK);
    say("down");
    for (uint64_t i = 1; i <= 20; i++)
        post(f, append_of("pad", i, i + 1, "x"));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    assert_true(store_is_failing(f->store));
    expect(f, load_of("pad"), ERR_STORAGE); /* an error, never an empty document */
    say("up");
    for (uint64_t i = 1; i <= 20; i++) {
        struct store_request *r = next_answer(f, 20000);
        assert_non_null(r);
        assert_int_equal(r->result, OK);
        assert_int_equal(r->rows[0].first_revision, i);
        store_request_free(r);
    }
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_string_equal(sql(f, "SELECT count(*) || '/' || max(end_revision) FROM journal"), "21/21");
}

static void a_server_that_has_become_a_standby_is_left(void **state)
{
    struct fixture *f = *state;
    unsigned fired = pg_proxy_fired(proxy);
    say("refuse 25006 INSERT INTO kp_journal");
    expect(f, append_of("pad", 0, 1, "x"), OK);
    assert_int_equal(pg_proxy_fired(proxy), fired + 1);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "1");
}

/* ---- memory and database disagree ------------------------------------------------------ */

static void a_row_that_does_not_follow_is_refused_alone(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 2, "ab"), OK);
    expect(f, append_of("other", 0, 2, "ab"), OK);
    struct store_request *r = append_of("pad", 4, 5, "gap");
    assert_int_equal(store_request_add_row(r, SLICE("other"), 2, 3, SLICE("c")), OK);
    assert_int_equal(store_request_add_row(r, SLICE("new"), 3, 4, SLICE("no row at all")), OK);
    ask(f, r);
    assert_int_equal(r->result, OK);
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT);
    assert_int_equal(r->rows[1].outcome, OK);
    assert_int_equal(r->rows[2].outcome, ERR_CONFLICT);
    store_request_free(r);
    /* Nor does one that is there already with other bytes, or was written by another life. */
    r = ask(f, append_of("pad", 0, 2, "xy"));
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT);
    store_request_free(r);
    sql(f, "UPDATE kp_journal SET writer = 77 WHERE document_id = 'other' AND first_revision = 2");
    r = ask(f, append_of("other", 2, 3, "c"));
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "3");
    assert_string_equal(sql(f, "SELECT count(*) FROM documents"), "2");
}

static void a_row_refused_for_its_document_touches_nothing(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = append_of("pad", 3, 4, "gap");
    r->rows[0].has_epoch = true;
    r->rows[0].epoch = epoch_of('E', 3);
    ask(f, r);
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM epochs)"),
                        "0");
}

/* A snapshot may overtake the row of the edits that are in it. */
static void the_journal_goes_on_where_a_text_ends_that_is_ahead_of_it(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 2, "ab"), OK);
    expect(f, snapshot_of("pad", "abcd", 4), OK);
    struct store_request *r = ask(f, append_of("pad", 3, 4, "d"));
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT); /* neither there nor where the rows end */
    store_request_free(r);
    r = ask(f, append_of("pad", 5, 6, "f"));
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT);
    store_request_free(r);
    r = ask(f, append_of("pad", 4, 5, "e"));
    assert_int_equal(r->rows[0].outcome, OK);
    store_request_free(r);
    r = ask(f, append_of("pad", 2, 4, "cd"));
    assert_int_equal(r->rows[0].outcome, ERR_CONFLICT); /* too late now */
    store_request_free(r);
    assert_string_equal(
        sql(f, "SELECT string_agg(first_revision || '-' || end_revision, ' ' ORDER BY first_revision)"
               " FROM kp_journal"),
        "0-2 4-5");
}

/* Usually its row comes a moment later. */
static void the_edits_of_a_text_may_be_written_after_it(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 2, "ab"), OK);
    expect(f, snapshot_of("pad", "abcd", 4), OK);
    struct store_request *r = ask(f, append_of("pad", 2, 3, "c"));
    assert_int_equal(r->rows[0].outcome, OK);
    store_request_free(r);
    r = ask(f, append_of("pad", 3, 4, "d"));
    assert_int_equal(r->rows[0].outcome, OK);
    store_request_free(r);
}

/* ---- times --------------------------------------------------------------------------------- */

static void a_row_is_touched_when_its_writer_says_so(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 1, "a"), OK);
    struct store_request *r = append_of("pad", 1, 2, "b");
    r->rows[0].touch = false;
    r->now_ms = T0_MS + 30 * 1000;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT accessed_at - created_at FROM documents"), "0");
    r = ask(f, peek_of("pad"));
    assert_int_equal(r->updated_ms, T0_MS + 30 * 1000); /* the journal knows */
    store_request_free(r);
    r = append_of("pad", 2, 3, "c");
    r->now_ms = T0_MS + 61 * 1000;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT accessed_at - created_at FROM documents"), "61");
}

static void a_load_says_for_how_long_nobody_came(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    struct store_request *r = load_with_epoch("pad", 'A');
    r->now_ms = T0_MS + 12000;
    ask(f, r);
    assert_int_equal(r->unused_ms, 12000);
    assert_int_equal(r->accessed_ms, T0_MS);
    store_request_free(r);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->unused_ms, 0); /* that one did */
    store_request_free(r);
}

static void the_numbers_follow_within_seconds(void **state)
{
    struct fixture *f = *state;
    struct store_stats stats = {.documents = 99};
    expect(f, append_of("one", 0, 1, "x"), OK); /* nothing goes through the lane that counts */
    for (int i = 0; i < 600 && stats.documents != 1; i++) {
        usleep(50 * 1000);
        stats = store_stats(f->store);
    }
    assert_int_equal(stats.documents, 1);
    assert_true(stats.database_bytes > 8192);
    expect(f, snapshot_of("two", "text", 1), OK);
    for (int i = 0; i < 600 && stats.documents != 2; i++) {
        usleep(50 * 1000);
        stats = store_stats(f->store);
    }
    assert_int_equal(stats.documents, 2);
}

static void text_that_is_not_utf8_is_a_read_error(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, snapshot_of("other", "text", 1), OK);
    sql(f, "UPDATE kp_documents SET text = '\\x61ff62' WHERE id = 'pad'");
    expect(f, load_of("pad"), ERR_STORAGE);
    assert_int_equal(event_count(f, STORE_EVENT_READ_FAILED), 1);
    assert_false(store_is_failing(f->store));
    expect(f, load_of("other"), OK);
}

static int64_t calendar_of(struct fixture *f)
{
    return strtoll(sql(f, "SELECT calendar_ms FROM kp_calendar"), NULL, 10);
}

/* The lane's connection, without the store. */
static void connect_lane(struct pg_connection *c, struct pg_config *config)
{
    static const char *const STATEMENTS[STATEMENT_COUNT] = {
#define X(name, sql) [STATEMENT_##name] = (sql),
        STATEMENT_TABLE(X)
#undef X
    };
    *config =
        (struct pg_config){.url = server.uri, .statements = STATEMENTS, .statement_count = STATEMENT_COUNT};
    pg_init(c, config);
    assert_int_equal(pg_open(c, "test"), REPLY_OK);
}

/* As a snapshot has it that takes long. */
static void an_append_does_not_wait_for_who_has_locked_the_row(void **state)
{
    struct fixture *f = *state;
    struct pg_config config;
    struct pg_connection c;
    struct store_request *r;
    for (uint64_t i = 0; i < 3; i++) {
        if (i == 1) {
            connect_lane(&c, &config);
            pg_send_sql(&c, "SET idle_in_transaction_session_timeout = 0");
            pg_send_sql(&c, "BEGIN");
            pg_send_sql(&c, "SELECT 1 FROM kp_documents WHERE id = 'pad' FOR UPDATE");
            assert_int_equal(pg_end(&c), REPLY_OK);
        }
        if (i == 2) {
            pg_send_sql(&c, "COMMIT");
            assert_int_equal(pg_end(&c), REPLY_OK);
            pg_close(&c);
        }
        r = append_of("pad", i, i + 1, "x");
        r->rows[0].touch = true;
        r->now_ms = T0_MS + (int64_t)i * 60000;
        r = ask(f, r);
        assert_int_equal(r->result, OK);
        store_request_free(r);
        const char *times[] = {"0", "0", "120"};
        char query[128];
        snprintf(query, sizeof query, "SELECT updated_at - %lld FROM kp_documents", (long long)T0_MS / 1000);
        assert_string_equal(sql(f, query), times[i]);
    }
}

static void one_server_moves_the_calendar_on_and_only_by_what_it_saw(void **state)
{
    struct fixture *f = *state;
    struct pg_config config;
    struct pg_connection c;
    struct pg_calendar first = pg_calendar_for(800), second = first, late = first;
    connect_lane(&c, &config);
    sql(f, "INSERT INTO kp_nodes VALUES (7, '', '1', 1), (8, '', '1', 1); UPDATE kp_calendar SET keeper = 0");
    int64_t before = calendar_of(f);
    pg_calendar_step_if_due(&first, &c, 7);
    assert_int_equal(calendar_of(f), before); /* it has seen nothing yet */
    assert_int_equal(first.now_ms, before);
    usleep(400 * 1000);
    pg_calendar_step_if_due(&first, &c, 7);
    int64_t passed = calendar_of(f) - before;
    assert_in_range(passed, 400, 5000);
    assert_int_equal(first.now_ms, before + passed);
    /* Another server reads it, and adds nothing while the first one lives. */
    pg_calendar_step_if_due(&second, &c, 8);
    usleep(400 * 1000);
    pg_calendar_step_if_due(&second, &c, 8);
    assert_int_equal(calendar_of(f), before + passed);
    assert_int_equal(second.now_ms, before + passed);
    /* When that is dead, it takes its place, and what nobody saw does not count. */
    sql(f, "UPDATE kp_nodes SET dead_at = now() WHERE incarnation = 7");
    usleep(400 * 1000);
    pg_calendar_step_if_due(&second, &c, 8);
    assert_int_equal(calendar_of(f), before + passed);
    usleep(400 * 1000);
    pg_calendar_step_if_due(&second, &c, 8);
    assert_in_range(calendar_of(f) - before - passed, 400, 5000);
    /* A step that is longer than such a step can be is none. */
    before = calendar_of(f);
    late = second;
    late.stepped_us -= (late.step_max_ms + 1) * 1000;
    pg_calendar_step_if_due(&late, &c, 8);
    assert_int_equal(calendar_of(f), before);
    pg_close(&c);
}

/* ---- journals ------------------------------------------------------------------------------ */

static void await_journal(struct fixture *f, const char *want)
{
    for (int i = 0; strcmp(sql(f, "SELECT count(*) || '/' || min(end_revision) FROM journal"), want) != 0;
         i++) {
        if (i == 1000)
            fail_msg("%s, not %s", sql(f, "SELECT count(*) || '/' || min(end_revision) FROM journal"), want);
        usleep(20 * 1000);
    }
}

static void snapshot_keeping(struct fixture *f, uint64_t revision, uint64_t keep_from)
{
    struct store_request *r = snapshot_of("pad", "text", revision);
    r->keep_from = keep_from;
    r = ask(f, r);
    assert_int_equal(r->result, OK);
    store_request_free(r);
}

static void append_one(struct fixture *f, uint64_t at)
{
    struct store_request *r = ask(f, append_of("pad", at, at + 1, "x"));
    assert_int_equal(r->rows[0].outcome, OK);
    store_request_free(r);
}

/* As of a document in which much was typed since its last snapshot. */
static void a_long_journal_is_cut_in_steps_when_nobody_waits(void **state)
{
    struct fixture *f = *state;
    append_one(f, 0);
    sql(f, MUCH_TYPED);
    say("always delay 500 before DELETE FROM kp_journal");
    snapshot_keeping(f, 3000, 2900);
    assert_true(atoi(sql(f, "SELECT count(*) FROM journal")) > 2000); /* it did not wait for all of them */
    say("forget");
    append_one(f, 3000);
    await_journal(f, "101/2901");
    snapshot_keeping(f, 3001, 3001);
    await_journal(f, "1/3001"); /* the newest stays */
}

/* Whatever has become of the document since: one of the same name may have begun anew. */
static void what_the_text_lacks_is_never_cut(void **state)
{
    struct fixture *f = *state;
    struct pg_config config;
    struct pg_connection c;
    append_one(f, 0);
    sql(f, MUCH_TYPED);
    connect_lane(&c, &config);
    for (uint64_t revision = 2899; revision <= 2900; revision++) {
        char update[96];
        uint64_t rows = 77;
        struct parameters p = {0};
        snprintf(update, sizeof update, "UPDATE documents SET revision = %d", (int)revision);
        sql(f, update);
        put_bytes(&p, SLICE("pad"));
        put_int8(&p, 2900);
        put_int8(&p, 100);
        assert_int_equal(pg_run(&c, STATEMENT_TRIM_JOURNAL, &p, &rows), REPLY_OK);
        assert_int_equal(rows, revision < 2900 ? 0 : 100);
    }
    pg_close(&c);
}

/* ---- plans ------------------------------------------------------------------------------------ */

static int parameters_of(const char *text)
{
    int most = 0;
    for (const char *at = text; (at = strchr(at, '$')); at++)
        if (atoi(at + 1) > most)
            most = atoi(at + 1);
    return most;
}

static void expect_no_scan(struct pg_connection *c, uint32_t statement, const char *text)
{
    static const char *const LARGE[] = {"Seq Scan on kp_journal",   "Seq Scan on kp_documents",
                                        "Seq Scan on kp_placement", "Seq Scan on kp_epochs",
                                        "Seq Scan on kp_rights",    "Seq Scan on kp_links"};
    char explain[256];
    size_t len = (size_t)snprintf(explain, sizeof explain, "EXPLAIN EXECUTE kp%u", statement);
    for (int i = 0, count = parameters_of(text); i < count; i++)
        len += (size_t)snprintf(explain + len, sizeof explain - len, "%s%s", i ? ", NULL" : "(NULL",
                                i + 1 == count ? ")" : "");
    pg_send_sql(c, explain);
    const PGresult *r = pg_next(c);
    if (!r)
        fail_msg("%s: %s", explain, c->why);
    for (int row = 0; row < PQntuples(r); row++)
        for (size_t k = 0; k < sizeof LARGE / sizeof LARGE[0]; k++)
            if (strstr(PQgetvalue(r, row, 0), LARGE[k]))
                fail_msg("%s\n%s", text, PQgetvalue(r, row, 0));
    assert_int_equal(pg_end(c), REPLY_OK);
}

/* Even when the plan is made while the tables are empty, as on the first day. */
static void every_statement_finds_its_rows_by_a_key(void **state)
{
    (void)state;
    static const char *const TEXTS[STATEMENT_COUNT] = {
#define X(name, sql) [STATEMENT_##name] = (sql),
        STATEMENT_TABLE(X)
#undef X
    };
    struct pg_config config;
    struct pg_connection c;
    connect_lane(&c, &config);
    for (uint32_t i = 0; i < STATEMENT_COUNT; i++)
        if (i != STATEMENT_NUMBERS)
            expect_no_scan(&c, i, TEXTS[i]);
    pg_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_append_counts_once_wherever_its_connection_breaks),
        TEST(several_rows_of_a_document_are_recognised_one_by_one),
        TEST(a_commit_that_may_be_on_no_standby_is_asked_for_again),
        TEST(everything_else_counts_once_too),
        TEST(an_outage_is_waited_out_in_order),
        TEST(a_server_that_has_become_a_standby_is_left),
        TEST(a_row_that_does_not_follow_is_refused_alone),
        TEST(a_row_refused_for_its_document_touches_nothing),
        TEST(the_journal_goes_on_where_a_text_ends_that_is_ahead_of_it),
        TEST(the_edits_of_a_text_may_be_written_after_it),
        TEST(a_row_is_touched_when_its_writer_says_so),
        TEST(a_load_says_for_how_long_nobody_came),
        TEST(the_numbers_follow_within_seconds),
        TEST(text_that_is_not_utf8_is_a_read_error),
        TEST(a_long_journal_is_cut_in_steps_when_nobody_waits),
        TEST(what_the_text_lacks_is_never_cut),
        TEST(an_append_does_not_wait_for_who_has_locked_the_row),
        TEST(one_server_moves_the_calendar_on_and_only_by_what_it_saw),
        TEST(every_statement_finds_its_rows_by_a_key),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_engine_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
