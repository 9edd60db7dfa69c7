/* link: kp_store faulty_alloc postgres */
/* Memory that runs out, at every allocation in turn, in what a lane does: an error
 * that may be tried again, or the whole answer. */
#include "store/postgres/appends.h"
#include "store/postgres/documents.h"
#include "store/postgres/schema.h"
#include "store/postgres/statements.h"
#include "support/alloc_faulty.h"
#include "support/postgres.h"

enum { INCARNATION = 7 };

static struct postgres server;
static struct pg_lane lanes[2];

static const char *const STATEMENTS[STATEMENT_COUNT] = {
#define X(name, sql) [STATEMENT_##name] = (sql),
    STATEMENT_TABLE(X)
#undef X
};

static int start(void **state)
{
    (void)state;
    static const struct store_config CONFIG = {.durability = STORE_JOURNAL};
    char message[MESSAGE_BYTES];
    postgres_init(&server, NULL);
    struct pg_config bare = {.url = server.uri};
    struct pg_connection c;
    pg_init(&c, &bare);
    assert_int_equal(pg_open(&c, "tables"), REPLY_OK);
    assert_int_equal(pg_schema_prepare(&c, &CONFIG, message), OK);
    pg_close(&c);
    postgres_sql(&server,
                 "INSERT INTO kp_nodes VALUES (7, '', '1', 1); INSERT INTO kp_lanes VALUES (7, 0), (7, 1)");
    for (int16_t i = 0; i < 2; i++) {
        lanes[i] = (struct pg_lane){
            .number = i,
            .incarnation = INCARNATION,
            .config = {.url = server.uri, .statements = STATEMENTS, .statement_count = STATEMENT_COUNT}};
        pg_init(&lanes[i].connection, &lanes[i].config);
        assert_int_equal(pg_open(&lanes[i].connection, "lane"), REPLY_OK);
    }
    return 0;
}

static void free_memory(struct pg_lane *lane)
{
    buf_deinit(&lane->rows);
    for (int i = 0; i < LANE_ARRAYS; i++)
        array_free(&lane->arrays[i]);
}

static int stop(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        pg_close(&lanes[i].connection);
        free_memory(&lanes[i]);
    }
    postgres_deinit(&server);
    return 0;
}

static void check(const struct store_request *req, const char *text)
{
    if (req->kind != STORE_LOAD)
        return;
    assert_true(req->found);
    assert_true(slice_equal(req->text, slice_from_cstr(text)));
    assert_int_equal(req->batch_count, 3);
    assert_int_equal(req->epoch_count, 1);
}

/* The same group again and again, with the nth allocation and all after it failing, until none is left. */
static void survives(struct pg_lane *lane, enum reply (*carry_out)(struct pg_lane *, struct link *),
                     struct store_request *(*make)(void), const char *text)
{
    bool failed = true;
    for (size_t nth = 1; failed; nth++) {
        struct link group;
        struct store_request *req = make();
        list_init(&group);
        list_append(&group, &req->link);
        free_memory(lane);
        alloc_fail_from(nth);
        if (!pg_is_open(&lane->connection)) /* values without memory are never sent, and what was before them
                                               is dropped */
            assert_int_equal(pg_open(&lane->connection, "lane"), REPLY_OK);
        enum reply reply = carry_out(lane, &group);
        failed = alloc_has_failed();
        alloc_fail_from(0);
        assert_true(reply == REPLY_OK || (failed && reply == REPLY_NO_MEMORY));
        if (reply == REPLY_OK && req->result == OK)
            check(req, text);
        assert_true(req->result == OK || (failed && req->result == ERR_NO_MEMORY));
        list_remove(&req->link);
        store_request_free(req);
        assert_true(nth < 200);
    }
    free_memory(lane);
    assert_int_equal(alloc_live_blocks(), 0);
}

static struct store_request *an_append(void)
{
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(store_request_add_row(req, SLICE("pad"), i, i + 1, SLICE("batch")), OK);
        req->rows[i].touch = i == 0;
        req->rows[i].has_epoch = i == 0;
    }
    return req;
}

static struct store_request *a_load(void)
{
    struct store_request *req = store_request_new(STORE_LOAD, SLICE("pad"));
    req->has_epoch = true;
    memset(req->epoch.id.bytes, 'E', sizeof req->epoch.id.bytes);
    return req;
}

static struct store_request *a_peek(void)
{
    return store_request_new(STORE_PEEK, SLICE("pad"));
}

static struct store_request *a_search(void)
{
    struct store_request *req = store_request_new(STORE_EXPIRED, (struct slice){0});
    req->max_ids = 10;
    return req;
}

static void an_append_is_written_once_or_not_at_all(void **state)
{
    (void)state;
    survives(&lanes[0], appends_carry_out, an_append, NULL);
    assert_string_equal(postgres_sql(&server, "SELECT count(*) FROM kp_journal"), "3");
    assert_string_equal(postgres_sql(&server, "SELECT count(*) FROM kp_epochs"), "1");
}

static void reads_are_whole_or_an_error(void **state)
{
    (void)state;
    postgres_sql(&server, "UPDATE kp_documents SET text = 'some text', language = 'c', accessed_at = 0");
    survives(&lanes[1], documents_carry_out, a_load, "some text");
    survives(&lanes[1], documents_carry_out, a_peek, NULL);
    survives(&lanes[1], documents_carry_out, a_search, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_append_is_written_once_or_not_at_all),
        cmocka_unit_test(reads_are_whole_or_an_error),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_memory_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
