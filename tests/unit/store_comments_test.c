/* link: kp_store kp_alloc store_fixture store_postgres postgres faulty_vfs */
/* Threads of comments in the database: written one by one, their places as a whole, with snapshots too, gone
 * with their document. */
#include "support/faulty_vfs.h"
#include "support/store_postgres.h"

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    f->has_wall = true;
    f->wall_ms = T0_MS;
    fixture_open(f, STORE_JOURNAL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* ---- requests ---------------------------------------------------------- */

static void put_places(struct store_request *req, const char *places, uint64_t revision)
{
    if (places)
        assert_int_equal(store_request_copy(req, slice_from_cstr(places), &req->places.bytes), OK);
    req->places.revision = revision;
}

/* NULL bytes: the thread is gone; NULL places: there are no more. */
static struct store_request *comment_of(const char *id, const char *thread, const char *bytes,
                                        const char *places, uint64_t revision)
{
    struct store_request *req = store_request_new(STORE_COMMENT, slice_from_cstr(id));
    const struct store_comment comment = {slice_from_cstr(thread),
                                          bytes ? slice_from_cstr(bytes) : (struct slice){0}};
    assert_int_equal(store_request_add_comment(req, &comment), OK);
    put_places(req, places, revision);
    return req;
}

static struct store_request *snapshot_with(const char *text, uint64_t revision, const char *places)
{
    struct store_request *req = snapshot_of("pad", text, revision);
    put_places(req, places, revision);
    return req;
}

static const struct store_comment *find(const struct store_request *r, const char *thread)
{
    for (uint32_t i = 0; i < r->comment_count; i++)
        if (slice_equal(r->comments[i].id, slice_from_cstr(thread)))
            return &r->comments[i];
    return NULL;
}

/* What is loaded: the places with their revision (NULL: none), and how many threads. */
static struct store_request *expect_places(struct fixture *f, const char *id, const char *places,
                                           uint64_t revision, uint32_t threads)
{
    struct store_request *r = ask(f, load_of(id));
    assert_int_equal(r->result, OK);
    if (places)
        assert_slice(r->places.bytes, places);
    assert_int_equal(r->places.bytes.ptr != NULL, places != NULL);
    assert_int_equal(r->places.revision, revision);
    assert_int_equal(r->comment_count, threads);
    return r;
}

static void expect_none(struct fixture *f, const char *id)
{
    store_request_free(expect_places(f, id, NULL, 0, 0));
}

/* ---- laws --------------------------------------------------------------- */

static void a_document_without_comments_has_none(void **state)
{
    expect(*state, snapshot_of("pad", "text", 1), OK);
    expect_none(*state, "pad");
}

static void threads_are_loaded_as_they_were_written(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "first", "p1", 1), OK);
    expect(f, comment_of("pad", "bbbbbbbbbbbb", "", "p2", 3), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "second \xf0\x9f\x8e\x89", "p3", 4), OK);
    struct store_request *r = expect_places(f, "pad", "p3", 4, 2);
    assert_slice(find(r, "aaaaaaaaaaaa")->bytes, "second \xf0\x9f\x8e\x89");
    assert_int_equal(find(r, "bbbbbbbbbbbb")->bytes.len, 0);
    store_request_free(r);
    fixture_close(f);
    fixture_open(f, STORE_JOURNAL);
    store_request_free(expect_places(f, "pad", "p3", 4, 2));
}

static void bytes_may_be_any(void **state)
{
    struct fixture *f = *state;
    const char raw[] = {0, 'a', 0, (char)0xff, '\'', '\\'};
    struct store_request *req = store_request_new(STORE_COMMENT, SLICE("pad"));
    const struct store_comment comment = {SLICE("aaaaaaaaaaaa"), slice_of(raw, sizeof raw)};
    expect(f, snapshot_of("pad", "text", 1), OK);
    assert_int_equal(store_request_add_comment(req, &comment), OK);
    assert_int_equal(store_request_copy(req, slice_of(raw, sizeof raw), &req->places.bytes), OK);
    expect(f, req, OK);
    struct store_request *r = ask(f, load_of("pad"));
    assert_true(slice_equal(r->places.bytes, slice_of(raw, sizeof raw)));
    assert_true(slice_equal(r->comments[0].bytes, slice_of(raw, sizeof raw)));
    store_request_free(r);
}

static void a_snapshot_writes_the_places_with_its_text(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "first", "p1", 1), OK);
    expect(f, snapshot_with("texts", 2, "p2"), OK);
    struct store_request *r = expect_places(f, "pad", "p2", 2, 1);
    assert_slice(r->text, "texts");
    store_request_free(r);
    expect(f, snapshot_of("pad", "more", 3), OK); /* one that knows of none leaves them */
    store_request_free(expect_places(f, "pad", "p2", 2, 1));
}

static void the_last_thread_takes_the_places_along(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "first", "p1", 1), OK);
    expect(f, comment_of("pad", "bbbbbbbbbbbb", "other", "p2", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", NULL, "p3", 1), OK);
    store_request_free(expect_places(f, "pad", "p3", 1, 1));
    expect(f, comment_of("pad", "bbbbbbbbbbbb", NULL, NULL, 1), OK);
    expect_none(f, "pad");
    expect(f, comment_of("pad", "bbbbbbbbbbbb", NULL, NULL, 1), OK); /* done again, it does no harm */
}

static void each_document_has_its_own(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, snapshot_of("other", "text", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "of pad", "p1", 1), OK);
    expect(f, comment_of("other", "aaaaaaaaaaaa", "of other", "p2", 1), OK);
    struct store_request *r = expect_places(f, "pad", "p1", 1, 1);
    assert_slice(r->comments[0].bytes, "of pad");
    store_request_free(r);
    expect(f, delete_of("pad", INT64_MAX), OK);
    r = expect_places(f, "other", "p2", 1, 1);
    assert_slice(r->comments[0].bytes, "of other");
    store_request_free(r);
}

static void what_is_deleted_leaves_none_to_the_next_of_its_name(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "first", "p1", 1), OK);
    expect(f, delete_of("pad", INT64_MAX), OK);
    /* A change that comes too late finds no document, and makes none. */
    expect(f, comment_of("pad", "bbbbbbbbbbbb", "late", "p2", 1), OK);
    struct store_request *r = ask(f, load_of("pad"));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    store_request_free(r);
    expect(f, snapshot_of("pad", "another", 1), OK);
    expect_none(f, "pad");
}

static void many_threads_are_loaded(void **state)
{
    struct fixture *f = *state;
    char thread[13], bytes[3000];
    memset(bytes, 'x', sizeof bytes - 1);
    bytes[sizeof bytes - 1] = '\0';
    expect(f, snapshot_of("pad", "text", 1), OK);
    for (int i = 0; i < 300; i++) {
        snprintf(thread, sizeof thread, "thread%06d", i % 1000);
        bytes[0] = (char)('a' + i % 26);
        expect(f, comment_of("pad", thread, bytes, "p", 1), OK);
    }
    struct store_request *r = expect_places(f, "pad", "p", 1, 300);
    for (int i = 0; i < 300; i++) {
        snprintf(thread, sizeof thread, "thread%06d", i % 1000);
        assert_int_equal(find(r, thread)->bytes.len, sizeof bytes - 1);
        assert_int_equal(find(r, thread)->bytes.ptr[0], 'a' + i % 26);
    }
    store_request_free(r);
}

/* ---- a disk that fails in the middle of any statement --------------------- */

static int setup_faulty(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    faulty_vfs_register();
    faulty_vfs_heal();
    fixture_init(f, "file:%s?vfs=faulty");
    fixture_open(f, STORE_FSYNC);
    *state = f;
    return 0;
}

static int teardown_faulty(void **state)
{
    faulty_vfs_heal();
    return teardown(state);
}

/* Thread and places are of the same moment: the one before, or the one that was asked for. */
static bool is_new(struct fixture *f, const char *what, const char *before)
{
    struct store_request *r = ask(f, load_of("pad"));
    assert_int_equal(r->result, OK);
    bool new = slice_equal(r->places.bytes, slice_from_cstr(what));
    if (!new)
        assert_slice(r->places.bytes, before);
    assert_slice(find(r, "aaaaaaaaaaaa")->bytes, new ? what : before);
    store_request_free(r);
    return new;
}

static void a_failure_leaves_the_one_or_the_other(void **state)
{
    static const struct {
        enum faulty_op op;
        int code;
    } FAULTS[] = {
        {FAULTY_WRITE, SQLITE_IOERR_WRITE}, {FAULTY_WRITE, SQLITE_FULL}, {FAULTY_SYNC, SQLITE_IOERR_FSYNC}};
    struct fixture *f = *state;
    char what[8], before[8] = "c0";
    unsigned failed = 0, written = 0;
    expect(f, snapshot_of("pad", "tex", 3), OK);
    expect(f, comment_of("pad", "aaaaaaaaaaaa", "c0", "c0", 3), OK);
    for (unsigned i = 1; i <= 60; i++) {
        snprintf(what, sizeof what, "c%u", i);
        struct store_request *req = comment_of("pad", "aaaaaaaaaaaa", what, what, 3);
        req->fail_fast = true;
        faulty_vfs_fail(FAULTS[i % 3].op, FAULTS[i % 3].code, i / 3 % 12, 1 + i % 2);
        req = ask(f, req);
        enum error result = req->result;
        store_request_free(req);
        faulty_vfs_heal();
        bool new = is_new(f, what, before);
        assert_true(result == ERR_STORAGE || new);
        if (new)
            strcpy(before, what);
        failed += result != OK;
        written += new;
    }
    assert_true(failed > 5 && written > 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(a_document_without_comments_has_none),
    TEST(threads_are_loaded_as_they_were_written),
    TEST(bytes_may_be_any),
    TEST(a_snapshot_writes_the_places_with_its_text),
    TEST(the_last_thread_takes_the_places_along),
    TEST(each_document_has_its_own),
    TEST(what_is_deleted_leaves_none_to_the_next_of_its_name),
    TEST(many_threads_are_loaded),
};

int main(void)
{
    const struct CMUnitTest on_a_bad_disk[] = {cmocka_unit_test_setup_teardown(
        a_failure_leaves_the_one_or_the_other, setup_faulty, teardown_faulty)};
    int failed = cmocka_run_group_tests_name("on SQLite", tests, NULL, NULL);
    failed += cmocka_run_group_tests(on_a_bad_disk, NULL, NULL);
    return failed + store_run_on_postgres("store_comments_test", tests, NULL);
}
