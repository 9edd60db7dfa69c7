/* link: kp_store kp_alloc */
/* SQLITE_URI, in every form that people write. */
#include "store/sqlite/location.h"
#include "support/unit.h"

static char message[MESSAGE_BYTES];

static void path_is(const char *uri, const char *expected)
{
    struct location l;
    assert_int_equal(location_parse(slice_from_cstr(uri), &l, message), OK);
    assert_false(l.in_memory);
    assert_string_equal(l.path, expected);
}

static void in_memory(const char *uri)
{
    struct location l;
    assert_int_equal(location_parse(slice_from_cstr(uri), &l, message), OK);
    assert_true(l.in_memory);
}

static void refused(struct slice uri, const char *expected)
{
    struct location l;
    assert_int_equal(location_parse(uri, &l, message), ERR_STORAGE);
    assert_non_null(strstr(message, expected));
}

static void paths_stand_for_themselves(void **state)
{
    (void)state;
    path_is("data/kolabpad.db", "data/kolabpad.db");
    path_is("./data/kolabpad.db", "./data/kolabpad.db");
    path_is("/data/kolabpad.db", "/data/kolabpad.db");
    path_is("/odd/100%41?x=1", "/odd/100%41?x=1");
}

static void sqlite_uris_as_rustpad_writes_them(void **state)
{
    (void)state;
    path_is("sqlite:data.db", "data.db");
    path_is("sqlite:/data/a.db", "/data/a.db");
    path_is("sqlite://data.db", "data.db");
    path_is("sqlite:///data/a.db", "/data/a.db");
    path_is("sqlite://rustpad.db?mode=rwc", "rustpad.db");
}

static void file_uris_as_sqlite_reads_them(void **state)
{
    struct location l;
    (void)state;
    path_is("file:data.db", "data.db");
    path_is("file:/data/a.db", "/data/a.db");
    path_is("file:///data/a%20b.db", "/data/a b.db");
    path_is("file://localhost/data/a.db?cache=shared&mode=rwc", "/data/a.db");
    path_is("file:100%", "100%");
    path_is("file:%zz%4%41", "%zz%4A");
    assert_int_equal(location_parse(SLICE("file:a.db?vfs=faulty"), &l, message), OK);
    assert_string_equal(l.vfs, "faulty");
}

static void nothing_is_memory(void **state)
{
    (void)state;
    in_memory("");
    in_memory(":memory:");
    in_memory("sqlite::memory:");
    in_memory("sqlite://:memory:");
    in_memory("file::memory:");
    in_memory("file:pads?mode=memory&cache=shared");
}

static void what_cannot_be_meant_is_refused(void **state)
{
    (void)state;
    char longest[5000];
    memset(longest, 'a', sizeof longest);
    refused(SLICE("file://elsewhere/data.db"), "this machine");
    refused(SLICE("file:a.db?mode=ro"), "mode=ro");
    refused(SLICE("sqlite://a.db?nolock=1"), "nolock=1");
    refused(SLICE("a\0b"), "NUL");
    refused(SLICE("file:a%00b"), "NUL");
    refused(slice_of(longest, sizeof longest), "too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_stand_for_themselves),
        cmocka_unit_test(sqlite_uris_as_rustpad_writes_them),
        cmocka_unit_test(file_uris_as_sqlite_reads_them),
        cmocka_unit_test(nothing_is_memory),
        cmocka_unit_test(what_cannot_be_meant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
