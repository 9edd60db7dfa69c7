/* link: kp_store faulty_alloc */
/* Memory that runs out, at every allocation in turn: an error, no leak, nothing
 * half done. On one thread, without the store's own. */
#include "store/sqlite/documents.h"
#include "support/alloc_faulty.h"
#include "support/unit.h"

static const struct store_config CONFIG = {.durability = STORE_JOURNAL};

static struct slice filled(char *memory, size_t size)
{
    memset(memory, 'x', size);
    return slice_of(memory, size);
}

/* NULL when memory ran out on the way; everything is freed then. */
static struct store_request *build_append(void)
{
    char memory[3000];
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    for (uint32_t i = 0; req && i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "pad%u", i % 4);
        if (store_request_add_row(req, slice_from_cstr(id), i, i + 1, filled(memory, i * 150))) {
            assert_int_equal(req->row_count, i);
            store_request_free(req);
            return NULL;
        }
    }
    return req;
}

static struct store_request *build_snapshot(void)
{
    char memory[3000];
    struct buf text = {0};
    struct store_request *req = store_request_new(STORE_SNAPSHOT, SLICE("pad0"));
    if (!req)
        return NULL;
    if (buf_append(&text, filled(memory, sizeof memory)) || store_request_adopt(req, &text, &req->text) ||
        store_request_copy(req, filled(memory, 2000), &req->clients)) {
        buf_deinit(&text);
        store_request_free(req);
        return NULL;
    }
    return req;
}

static void survives(struct store_request *(*build)(void))
{
    for (size_t nth = 1;; nth++) {
        size_t before = alloc_live_blocks();
        alloc_fail_from(nth);
        struct store_request *req = build();
        bool failed = alloc_has_failed();
        alloc_fail_from(0);
        assert_int_equal(req == NULL, failed);
        store_request_free(req);
        assert_int_equal(alloc_live_blocks(), before);
        if (!failed)
            return;
    }
}

static void requests_are_built_or_not(void **state)
{
    (void)state;
    survives(build_append);
    survives(build_snapshot);
}

static void fill(struct database *db)
{
    struct store_request *append = build_append(), *snapshot = build_snapshot();
    assert_int_equal(database_begin(db, true), OK);
    assert_int_equal(documents_write(db, append), OK);
    assert_int_equal(documents_write(db, snapshot), OK);
    assert_int_equal(database_commit(db), OK);
    store_request_free(append);
    store_request_free(snapshot);
}

static void a_read_without_memory_is_an_error(void **state)
{
    (void)state;
    struct location nowhere = {.in_memory = true};
    struct database db;
    char message[MESSAGE_BYTES];
    assert_int_equal(database_open(&db, &nowhere, &CONFIG, message), OK);
    fill(&db);
    for (size_t nth = 1;; nth++) {
        struct store_request *load = store_request_new(STORE_LOAD, SLICE("pad0"));
        alloc_fail_from(nth);
        enum error err = documents_read(&db, load);
        bool failed = alloc_has_failed();
        alloc_fail_from(0);
        assert_int_equal(err, failed ? ERR_NO_MEMORY : OK);
        store_request_free(load);
        if (!failed)
            break;
    }
    database_close(&db);
    assert_int_equal(alloc_live_blocks(), 0);
}

static void opening_without_memory_is_an_error(void **state)
{
    (void)state;
    struct store *s = NULL;
    for (size_t nth = 1; !s; nth++) {
        char message[512] = "";
        alloc_fail_from(nth);
        enum error err = store_open(&CONFIG, &s, message);
        bool failed = alloc_has_failed();
        alloc_fail_from(0);
        assert_int_equal(err, failed ? ERR_NO_MEMORY : OK);
        assert_int_equal(message[0] != '\0', failed);
        assert_int_equal(s == NULL, failed);
        assert_true(nth < 100);
    }
    assert_int_equal(store_close(s, 0), 0);
    assert_int_equal(alloc_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_built_or_not),
        cmocka_unit_test(a_read_without_memory_is_an_error),
        cmocka_unit_test(opening_without_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
