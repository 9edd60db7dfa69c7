/* link: kp_store kp_alloc store_fixture store_postgres postgres pg_proxy */
/* Which server has a document of a PostgreSQL that several share, and what is left of one that was declared
 * dead. */
#include "support/postgres_fixture.h"

/* Another server that lives, has the address and owns the documents of the array. */
static void others_own(struct fixture *f, const char *ids)
{
    char statements[512];
    snprintf(statements, sizeof statements,
             "INSERT INTO kp_nodes VALUES (77, '10.0.0.7:3030', '1', 1);"
             "INSERT INTO kp_lanes VALUES (77, 0), (77, 1);"
             "INSERT INTO kp_placement SELECT unnest('%s'::text[]), 77",
             ids);
    sql(f, statements);
}

/* ---- owners -------------------------------------------------------------------------- */

static void a_load_makes_this_server_the_owner(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    struct store_request *r = ask(f, load_with_epoch("pad", 'A'));
    assert_int_equal(r->owner.incarnation, 0);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT owner FROM kp_placement WHERE document_id = 'pad'"), incarnation(f));
    /* One that does not exist has no owner, unless it may begin. */
    expect(f, load_with_epoch("none", 'A'), OK);
    r = load_with_epoch("new", 'A');
    r->may_begin = true;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT string_agg(document_id, ',' ORDER BY document_id) FROM kp_placement"),
                        "new,pad");
    expect(f, store_request_new(STORE_RELEASE, SLICE("new")), OK);
    assert_string_equal(sql(f, "SELECT string_agg(document_id, ',') FROM kp_placement"), "pad");
}

static void what_another_server_has_is_elsewhere(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, snapshot_of("mine", "text", 1), OK);
    others_own(f, "{pad,begun}");
    hold_writes(f);
    post(f, snapshot_of("held", "text", 1));
    wait_until_held(f);
    post(f, load_with_epoch("pad", 'A'));
    post(f, load_with_epoch("mine", 'A'));
    struct store_request *begun = load_with_epoch("begun", 'A');
    begun->may_begin = true;
    post(f, begun);
    post(f, peek_of("pad"));
    post(f, peek_of("mine"));
    release_writes(f);
    store_request_free(next_answer(f, 10000));
    static const struct {
        enum error result;
        uint64_t owner;
        bool found;
    } ANSWERS[] = {
        {ERR_ELSEWHERE, 77, false}, {OK, 0, true}, {ERR_ELSEWHERE, 77, false}, {OK, 77, true}, {OK, 0, true}};
    for (size_t i = 0; i < sizeof ANSWERS / sizeof ANSWERS[0]; i++) {
        struct store_request *r = next_answer(f, 10000);
        assert_non_null(r);
        assert_int_equal(r->result, ANSWERS[i].result);
        assert_int_equal(r->owner.incarnation, ANSWERS[i].owner);
        assert_int_equal(r->found, ANSWERS[i].found);
        if (r->owner.incarnation)
            assert_slice(r->owner.address, "10.0.0.7:3030");
        store_request_free(r);
    }
    assert_string_equal(sql(f, "SELECT count(*) FROM epochs"), "1"); /* of "mine" */
    assert_string_equal(sql(f, "SELECT string_agg(document_id, ',') FROM kp_placement WHERE owner <> 77"),
                        "mine");
}

static void what_a_dead_server_had_is_free(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    others_own(f, "{pad}");
    sql(f, "UPDATE kp_nodes SET dead_at = now() WHERE incarnation = 77");
    struct store_request *r = ask(f, peek_of("pad"));
    assert_int_equal(r->owner.incarnation, 0);
    store_request_free(r);
    r = ask(f, load_with_epoch("pad", 'A'));
    assert_int_equal(r->result, OK);
    assert_true(r->found);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT owner FROM kp_placement"), incarnation(f));
}

static void what_others_have_in_memory_does_not_expire(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("theirs", "text", 1), OK);
    expect(f, snapshot_of("mine", "text", 1), OK);
    others_own(f, "{theirs}");
    struct store_request *later = peek_of("mine");
    later->now_ms = T0_MS + 60000;
    expect(f, later, OK);
    struct store_request *r = ask(f, expired_of(1000));
    assert_int_equal(r->id_count, 1);
    assert_slice(r->ids[0], "mine");
    store_request_free(r);
    expect(f, delete_of("theirs", T0_MS + 5000), ERR_FORBIDDEN);
    assert_int_equal(documents_in(f), 2);
    expect(f, delete_of("mine", T0_MS + 5000), OK);
    assert_string_equal(sql(f, "SELECT id FROM documents"), "theirs");
    assert_string_equal(sql(f, "SELECT document_id FROM kp_placement"), "theirs"); /* and the claim is gone */
}

static void a_hundred_loads_are_claimed_together(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = 200 };
    char id[16];
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof id, "pad%d", i);
        store_request_free(ask(f, snapshot_of(id, id, 1)));
    }
    hold_writes(f);
    post(f, snapshot_of("held", "text", 1));
    wait_until_held(f);
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof id, "pad%d", i);
        post(f, load_with_epoch(id, 'A'));
    }
    release_writes(f);
    store_request_free(next_answer(f, 10000));
    for (int i = 0; i < COUNT; i++) {
        struct store_request *r = next_answer(f, 10000);
        snprintf(id, sizeof id, "pad%d", i);
        assert_slice(r->id, id);
        assert_slice(r->text, id);
        store_request_free(r);
    }
    assert_string_equal(sql(f, "SELECT count(*) FROM kp_placement"), "200");
}

/* ---- the end of a life ------------------------------------------------------------------ */

/* Rejoining returns at once; the new life begins when it has registered. */
static void rejoin(struct fixture *f)
{
    store_rejoin(f->store);
    for (int i = 0; store_identity(f->store).incarnation == 0; i++) {
        assert_true(i < 2000);
        usleep(5000);
    }
}

static void nothing_is_written_by_a_life_that_is_over(void **state)
{
    struct fixture *f = *state;
    char kill[160], before[32];
    expect(f, append_of("pad", 0, 1, "x"), OK);
    snprintf(before, sizeof before, "%s", incarnation(f));
    snprintf(kill, sizeof kill, "UPDATE kp_lanes SET dead = true; UPDATE kp_nodes SET dead_at = now()");
    sql(f, kill);
    expect(f, append_of("pad", 1, 2, "x"), ERR_MOVED);
    assert_int_equal(event_count(f, STORE_EVENT_DEAD), 1);
    expect(f, snapshot_of("pad", "text", 2), ERR_MOVED);
    expect(f, load_with_epoch("pad", 'A'), ERR_MOVED);
    expect(f, peek_of("pad"), ERR_MOVED);
    expect(f, delete_of("pad", T0_MS * 2), ERR_MOVED);
    assert_string_equal(sql(f, "SELECT count(*) || '/' || max(end_revision) FROM journal"), "1/1");
    assert_string_equal(sql(f, "SELECT text FROM documents"), "");
    assert_false(store_is_failing(f->store));

    rejoin(f);
    assert_string_not_equal(incarnation(f), before);
    expect(f, load_with_epoch("pad", 'A'), OK);
    expect(f, append_of("pad", 1, 2, "x"), OK);
    assert_int_equal(event_count(f, STORE_EVENT_DEAD), 1);
}

static void either_lane_notices_the_end(void **state)
{
    struct fixture *f = *state;
    /* Declared dead by another server; unknown to a database that was restored. */
    static const char *const ENDS[] = {"UPDATE kp_lanes SET dead = true; UPDATE kp_nodes SET dead_at = now()",
                                       "DELETE FROM kp_placement; DELETE FROM kp_nodes"};
    expect(f, snapshot_of("pad", "text", 1), OK);
    for (uint32_t i = 0; i < 2; i++) {
        sql(f, ENDS[i]);
        expect(f, snapshot_of("pad", "other", 2), ERR_MOVED);
        assert_int_equal(event_count(f, STORE_EVENT_DEAD), 2 * i + 1);
        expect(f, append_of("pad", 1, 2, "x"), ERR_MOVED);
        rejoin(f);
        sql(f, ENDS[i]);
        expect(f, append_of("pad", 1, 2, "x"), ERR_MOVED);
        assert_int_equal(event_count(f, STORE_EVENT_DEAD), 2 * i + 2);
        rejoin(f);
    }
    assert_string_equal(sql(f, "SELECT text FROM documents"), "text");
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_load_makes_this_server_the_owner),   TEST(what_another_server_has_is_elsewhere),
        TEST(what_a_dead_server_had_is_free),       TEST(what_others_have_in_memory_does_not_expire),
        TEST(a_hundred_loads_are_claimed_together), TEST(nothing_is_written_by_a_life_that_is_over),
        TEST(either_lane_notices_the_end),
    };
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_engine_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
