/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* Images in the database: added within their room, found by their ids alone, gone with their document. */
#include "support/store_postgres.h"

enum { ROOM = 1000 };

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

static struct id128 id_of(char letter)
{
    struct id128 id;
    memset(id.bytes, letter, sizeof id.bytes);
    return id;
}

/* An image whose id and digest are made of letters, and its bytes of that of the digest. */
static struct store_request *put_of(const char *document, char id, char digest, size_t len)
{
    char bytes[ROOM + 1];
    memset(bytes, digest, len);
    struct store_image image = {.id = id_of(id),
                                .digest = id_of(digest),
                                .type = 3,
                                .width = 640,
                                .height = 480,
                                .bytes = slice_of(bytes, len),
                                .room_bytes = ROOM};
    struct store_request *req = store_request_new(STORE_IMAGE_PUT, slice_from_cstr(document));
    assert_int_equal(store_request_put_image(req, &image), OK);
    req->now_ms = T0_MS;
    return req;
}

static struct store_request *image_of(char id)
{
    struct store_request *req = store_request_new(STORE_IMAGE, (struct slice){0});
    assert_int_equal(store_request_put_image(req, &(struct store_image){.id = id_of(id)}), OK);
    return req;
}

/* 0: it is not there. */
static void expect_image(struct fixture *f, char id, size_t len, char byte)
{
    struct store_request *r = ask(f, image_of(id));
    assert_int_equal(r->result, OK);
    assert_int_equal(r->found, len > 0);
    assert_int_equal(r->image->bytes.len, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(r->image->bytes.ptr[i], byte);
    if (r->found) {
        assert_int_equal(r->image->type, 3);
        assert_int_equal(r->image->width, 640);
        assert_int_equal(r->image->height, 480);
    }
    store_request_free(r);
}

static void expect_put(struct fixture *f, struct store_request *req, char id, uint64_t used_bytes)
{
    struct store_request *r = ask(f, req);
    struct id128 expected = id_of(id);
    assert_int_equal(r->result, OK);
    assert_memory_equal(r->image->id.bytes, expected.bytes, sizeof expected.bytes);
    assert_int_equal(r->image->used_bytes, used_bytes);
    store_request_free(r);
}

/* ---- what is written is read ------------------------------------------- */

static void an_image_is_found_by_its_id_alone(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    expect_put(f, put_of("pad", '1', 'a', 400), '1', 400);
    expect_put(f, put_of("pad", '2', 'b', 500), '2', 900);
    expect_put(f, put_of("other", '3', 'a', 400), '3', 400); /* the same bytes elsewhere are another one */
    fixture_close(f);
    fixture_open(f, STORE_JOURNAL);
    expect_image(f, '1', 400, 'a');
    expect_image(f, '2', 500, 'b');
    expect_image(f, '3', 400, 'a');
    expect_image(f, '4', 0, 0);
}

static void the_same_bytes_are_the_same_image(void **state)
{
    struct fixture *f = *state;
    expect_put(f, put_of("pad", '1', 'a', 600), '1', 600);
    struct store_request *r = ask(f, put_of("pad", '2', 'a', 600)); /* which would have no room twice */
    assert_int_equal(r->result, OK);
    assert_true(r->image->was_there);
    assert_int_equal(r->image->used_bytes, 600);
    assert_int_equal(r->image->id.bytes[0], '1');
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT count(*) FROM images"), "1");
    expect_image(f, '2', 0, 0);
}

static void what_has_no_room_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    expect_put(f, put_of("pad", '1', 'a', ROOM - 1), '1', ROOM - 1);
    struct store_request *r = ask(f, put_of("pad", '2', 'b', 2));
    assert_int_equal(r->result, ERR_IMAGES_FULL);
    assert_int_equal(r->image->used_bytes, ROOM - 1);
    assert_int_equal(r->image->bytes.len, 2);
    store_request_free(r);
    expect_put(f, put_of("pad", '3', 'c', 1), '3', ROOM);
    expect(f, put_of("new", '4', 'd', ROOM + 1), ERR_IMAGES_FULL);
    assert_string_equal(sql(f, "SELECT count(*) FROM images"), "2");
    assert_int_equal(documents_in(f), 1);           /* the one without an image was not made */
    expect(f, put_of("other", '5', 'b', ROOM), OK); /* each document has a room of its own */
}

static void it_makes_the_row_and_changes_none(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = put_of("new", '1', 'a', 10);
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
    expect(f, put_of("new", '2', 'b', 10), OK);
    r = ask(f, load_of("new"));
    assert_slice(r->text, "text");
    assert_int_equal(r->revision, 7);
    store_request_free(r);
    assert_int_equal(documents_in(f), 1);
}

/* ---- what is deleted --------------------------------------------------- */

static void images_go_with_their_document(void **state)
{
    struct fixture *f = *state;
    expect(f, put_of("pad", '1', 'a', 10), OK);
    expect(f, put_of("other", '2', 'a', 10), OK);
    struct store_request *r = load_of("pad"); /* on a shared database only what one has may be deleted */
    expect(f, r, OK);
    r = delete_of("pad", INT64_MAX);
    r->for_good = true;
    expect(f, r, OK);
    expect_image(f, '1', 0, 0);
    expect_image(f, '2', 10, 'a');
    assert_string_equal(sql(f, "SELECT count(*) FROM images"), "1");
    expect(f, put_of("pad", '3', 'a', 10), OK); /* a new one of that name has nothing of the old one */
    expect_image(f, '1', 0, 0);
}

static void what_is_not_deleted_keeps_them(void **state)
{
    struct fixture *f = *state;
    expect(f, put_of("pad", '1', 'a', 10), OK);
    expect(f, delete_of("pad", 0), ERR_FORBIDDEN); /* it is fresh */
    expect_image(f, '1', 10, 'a');
}

static void a_damaged_id_is_an_error(void **state)
{
    struct fixture *f = *state;
    if (fixture_database)
        return; /* PostgreSQL checks it */
    expect(f, put_of("pad", '1', 'a', 10), OK);
    sql(f, "UPDATE images SET id = 'short'");
    expect(f, put_of("pad", '2', 'a', 10), ERR_STORAGE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(an_image_is_found_by_its_id_alone),
    TEST(the_same_bytes_are_the_same_image),
    TEST(what_has_no_room_leaves_nothing_behind),
    TEST(it_makes_the_row_and_changes_none),
    TEST(images_go_with_their_document),
    TEST(what_is_not_deleted_keeps_them),
    TEST(a_damaged_id_is_an_error),
};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", tests, NULL, NULL);
    return failed + store_run_on_postgres("store_image_test", tests, NULL);
}
