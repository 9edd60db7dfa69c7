/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* Owners and links in the database: written as a whole, found by a hash, gone with their document. */
#include "support/store_postgres.h"

enum { DAY_S = 24 * 60 * 60 };

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

/* A link whose hash and id are made of its letter. */
static struct store_link link_of(char letter)
{
    struct store_link link = {.name = slice_of("Class 7b", 8), .created_ms = T0_MS + letter};
    memset(link.hash, letter, sizeof link.hash);
    memset(link.id, letter, sizeof link.id);
    return link;
}

/* With a link for each letter. */
static struct store_request *rights_of(const char *id, const char *letters)
{
    struct store_link links[64];
    struct store_rights rights = {.links = links};
    for (; *letters; letters++)
        links[rights.link_count++] = link_of(*letters);
    struct store_request *req = store_request_new(STORE_RIGHTS, slice_from_cstr(id));
    req->now_ms = T0_MS;
    assert_int_equal(store_request_put_rights(req, &rights), OK);
    return req;
}

static struct store_request *with_hash(enum store_kind kind, const char *id, char letter)
{
    struct store_link link = link_of(letter);
    struct store_request *req = store_request_new(kind, slice_from_cstr(id));
    req->now_ms = T0_MS + 5000;
    store_request_copy(req, slice_of(link.hash, sizeof link.hash), &req->link_hash);
    return req;
}

static void expect_link(struct fixture *f, char letter, const char *id)
{
    struct store_request *r = ask(f, with_hash(STORE_FIND_LINK, "", letter));
    assert_int_equal(r->result, OK);
    assert_int_equal(r->found, id != NULL);
    assert_int_equal(r->id_count, id != NULL);
    if (id)
        assert_slice(r->ids[0], id);
    store_request_free(r);
}

static void keep(struct fixture *f, const char *id, uint32_t days)
{
    struct store_request *r = rights_of(id, "");
    r->rights.keep_days = days;
    expect(f, r, OK);
}

/* ---- what is written is read ------------------------------------------- */

static void a_document_without_rights_has_none(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    struct store_request *r = ask(f, load_of("pad"));
    assert_false(r->rights.has_owner || r->rights.owner_manages || r->rights.owner_writes ||
                 r->rights.keep_days);
    assert_int_equal(r->rights.link_count, 0);
    store_request_free(r);
}

static void expect_full(const struct store_rights *rights)
{
    assert_true(rights->has_owner);
    assert_memory_equal(rights->owner, "oooooooooooooooooooooooooooooooo", sizeof rights->owner);
    assert_true(rights->owner_manages && rights->owner_writes);
    assert_int_equal(rights->keep_days, 30);
    assert_int_equal(rights->link_count, 2);
    const struct store_link *edit = &rights->links[0], *view = &rights->links[1];
    assert_memory_equal(edit->hash, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", sizeof edit->hash);
    assert_memory_equal(edit->id, "bbbbbbbbbbbb", sizeof edit->id);
    assert_true(edit->may_edit && edit->history);
    assert_false(view->may_edit || view->history);
    assert_true(slice_equal(edit->name, SLICE("a\0\xf0\x9f\x8e\x89")));
    assert_slice(view->name, "");
    assert_int_equal(edit->created_ms, T0_MS + 1);
    assert_int_equal(edit->expires_ms, T0_MS + 2);
    assert_int_equal(edit->used_ms, T0_MS + 3);
    assert_int_equal(view->expires_ms + view->used_ms, 0);
}

static void rights_are_loaded_as_they_were_written(void **state)
{
    struct fixture *f = *state;
    struct store_link links[] = {link_of('b'), link_of('a')};
    links[0].name = SLICE("a\0\xf0\x9f\x8e\x89");
    links[0].may_edit = links[0].history = true;
    links[0].created_ms = T0_MS + 1;
    links[0].expires_ms = T0_MS + 2;
    links[0].used_ms = T0_MS + 3;
    links[1].name = (struct slice){0};
    struct store_rights rights = {.has_owner = true,
                                  .owner_manages = true,
                                  .owner_writes = true,
                                  .keep_days = 30,
                                  .links = links,
                                  .link_count = 2};
    memset(rights.owner, 'o', sizeof rights.owner);
    struct store_request *r = rights_of("pad", "");
    store_request_put_rights(r, &rights);
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect(f, r, OK);
    fixture_close(f);
    fixture_open(f, STORE_JOURNAL);
    struct store_request *reads[] = {load_of("pad"), peek_of("pad"), load_with_epoch("pad", 'E')};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        r = ask(f, reads[i]);
        assert_int_equal(r->result, OK);
        expect_full(&r->rights);
        store_request_free(r);
    }
}

static void they_are_replaced_as_a_whole(void **state)
{
    struct fixture *f = *state;
    expect(f, rights_of("pad", "abc"), OK);
    expect(f, rights_of("other", "x"), OK);
    expect(f, rights_of("pad", "bd"), OK);
    expect(f, rights_of("pad", "bd"), OK); /* the same once more is the same */
    assert_string_equal(sql(f, "SELECT count(*) FROM links"), "3");
    expect_link(f, 'a', NULL);
    expect_link(f, 'b', "pad");
    expect_link(f, 'x', "other");
    expect(f, rights_of("pad", ""), OK);
    expect_link(f, 'd', NULL);
    expect_link(f, 'x', "other");
}

static void they_make_the_row_and_change_none(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = rights_of("new", "a");
    r->has_epoch = true;
    r->epoch = epoch_of('E', 0);
    expect(f, r, OK);
    assert_int_equal(documents_in(f), 1);
    expect(f, append_of("new", 0, 1, "batch"), OK); /* the first edit follows */
    r = ask(f, load_of("new"));
    assert_slice(r->text, "");
    assert_int_equal(r->revision, 0);
    assert_int_equal(r->batch_count, 1);
    assert_int_equal(r->epoch_count, 1);
    store_request_free(r);
    expect(f, snapshot_of("new", "text", 7), OK);
    expect(f, rights_of("new", "b"), OK);
    r = ask(f, load_of("new"));
    assert_slice(r->text, "text");
    assert_int_equal(r->revision, 7);
    store_request_free(r);
    assert_int_equal(documents_in(f), 1);
}

static void a_language_is_written_with_them(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = rights_of("pad", "ab");
    expect(f, snapshot_of("pad", "text", 3), OK);
    r->now_ms = T0_MS + 9000;
    store_request_copy(r, SLICE("c++"), &r->language);
    expect(f, r, OK);
    expect(f, rights_of("pad", "a"), OK); /* without one it stays */
    r = ask(f, load_of("pad"));
    assert_slice(r->language, "c++");
    assert_slice(r->text, "text");
    assert_int_equal(r->revision, 3);
    assert_int_equal(r->updated_ms, T0_MS + 9000);
    assert_int_equal(r->rights.link_count, 1);
    store_request_free(r);
}

static void a_use_is_noted_for_that_link_alone(void **state)
{
    struct fixture *f = *state;
    expect(f, rights_of("pad", "ab"), OK);
    expect(f, with_hash(STORE_LINK_USED, "pad", 'b'), OK);
    expect(f, with_hash(STORE_LINK_USED, "pad", 'z'), OK); /* withdrawn meanwhile */
    struct store_request *r = ask(f, peek_of("pad"));
    assert_int_equal(r->rights.links[0].used_ms, 0);
    assert_int_equal(r->rights.links[1].used_ms, T0_MS + 5000);
    store_request_free(r);
}

static void damage_is_a_read_error(void **state)
{
    struct fixture *f = *state;
    expect(f, rights_of("pad", "a"), OK);
    sql(f, "UPDATE links SET id = 'short'");
    expect(f, load_of("pad"), ERR_STORAGE);
    expect(f, peek_of("pad"), ERR_STORAGE);
}

/* ---- how long ----------------------------------------------------------- */

static void they_go_with_their_document(void **state)
{
    struct fixture *f = *state;
    expect(f, rights_of("pad", "ab"), OK);
    expect(f, rights_of("other", "c"), OK);
    struct store_request *r = ask(f, delete_of("pad", INT64_MAX)); /* used just now, and all the same */
    assert_int_equal(r->result, OK);
    assert_true(r->found);
    store_request_free(r);
    expect_link(f, 'a', NULL);
    expect_link(f, 'c', "other");
    assert_string_equal(sql(f, "SELECT count(*) FROM rights"), "1");
    assert_string_equal(sql(f, "SELECT count(*) FROM links"), "1");
    expect(f, rights_of("pad", ""), OK);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->rights.link_count, 0);
    store_request_free(r);
}

static void expect_deleted(struct fixture *f, char epoch, bool found)
{
    struct store_request *r = store_request_new(STORE_FIND_DELETED, (struct slice){0});
    r->epoch = epoch_of(epoch, 0);
    ask(f, r);
    assert_int_equal(r->result, OK);
    assert_int_equal(r->found, found);
    store_request_free(r);
}

static void of_what_is_deleted_for_good_the_epochs_are_known(void **state)
{
    struct fixture *f = *state;
    const char *const ids[] = {"pad", "other", "expired"};
    for (int i = 0; i < 3; i++) {
        expect(f, snapshot_of(ids[i], "text", 1), OK);
        expect(f, open_of(ids[i], (char)('A' + i), 1), OK);
    }
    for (int i = 0; i < 2; i++) { /* the second time there is nothing left */
        struct store_request *r = delete_of("pad", INT64_MAX);
        r->for_good = true;
        r->epoch = epoch_of('Z', 0); /* of this day, and not recorded yet */
        expect(f, r, OK);
    }
    expect(f, delete_of("expired", INT64_MAX), OK);
    expect_deleted(f, 'A', true);
    expect_deleted(f, 'Z', true);
    expect_deleted(f, 'B', false);
    expect_deleted(f, 'C', false);
    assert_string_equal(sql(f, "SELECT count(*) FROM deleted"), "2");
    sql(f, fixture_database ? "UPDATE kp_deleted SET deleted_at = deleted_at - 401 * 86400"
                            : "UPDATE deleted SET deleted_at = deleted_at - 401 * 86400");
    struct store_request *r = delete_of("other", INT64_MAX);
    r->for_good = true;
    expect(f, r, OK);
    expect_deleted(f, 'A', false); /* nobody comes back after so long */
    expect_deleted(f, 'B', true);
}

static void age(struct fixture *f, const char *id, int64_t days)
{
    char update[160];
    snprintf(update, sizeof update, "UPDATE %s SET accessed_at = accessed_at - %lld WHERE id = '%s'",
             fixture_database ? "kp_documents" : "documents", (long long)(days * DAY_S), id);
    sql(f, update);
}

static void what_is_kept_for_days_of_its_own_expires_after_them(void **state)
{
    struct fixture *f = *state;
    const int64_t never = INT64_MAX;
    keep(f, "week", 7);
    keep(f, "month", 30);
    keep(f, "default", 0);
    age(f, "week", 8);
    age(f, "month", 8);
    age(f, "default", 8);
    struct store_request *r = ask(f, expired_of(never));
    assert_int_equal(r->id_count, 1);
    assert_slice(r->ids[0], "week");
    int64_t cutoff_ms = r->cutoff_ms;
    store_request_free(r);
    expect(f, delete_of("month", cutoff_ms), ERR_FORBIDDEN);
    expect(f, delete_of("default", cutoff_ms), ERR_FORBIDDEN);
    expect(f, open_of("week", 'E', 0), OK); /* somebody came between the look and the deletion */
    expect(f, delete_of("week", cutoff_ms), ERR_FORBIDDEN);
    age(f, "week", 8);
    expect(f, delete_of("week", cutoff_ms), OK);
    assert_int_equal(documents_in(f), 2);
}

static void a_longer_time_than_the_servers_does_not_count(void **state)
{
    struct fixture *f = *state;
    keep(f, "pad", 1000);
    age(f, "pad", 100);
    struct store_request *r = ask(f, expired_of((int64_t)90 * DAY_S * 1000));
    assert_int_equal(r->id_count, 1);
    expect(f, delete_of("pad", r->cutoff_ms), OK);
    store_request_free(r);
    assert_int_equal(documents_in(f), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(a_document_without_rights_has_none),
    TEST(rights_are_loaded_as_they_were_written),
    TEST(they_are_replaced_as_a_whole),
    TEST(they_make_the_row_and_change_none),
    TEST(a_language_is_written_with_them),
    TEST(a_use_is_noted_for_that_link_alone),
    TEST(damage_is_a_read_error),
    TEST(they_go_with_their_document),
    TEST(of_what_is_deleted_for_good_the_epochs_are_known),
    TEST(what_is_kept_for_days_of_its_own_expires_after_them),
    TEST(a_longer_time_than_the_servers_does_not_count),
};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", tests, NULL, NULL);
    return failed + store_run_on_postgres("store_rights_test", tests, NULL);
}
