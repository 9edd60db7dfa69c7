/* link: kp_net kp_core kp_alloc */
/* The framing of requests as text: heads laid out as the library leaves them, lengths
 * and transfer codings; and the lists of entity tags. The same through the whole server:
 * tests/blackbox/http_framing.test.ts. */
#include "net/etag.h"
#include "net/request_head.h"
#include "support/unit.h"

enum { HEAD_MAX = 256, PARTS_MAX = 16 };

/* A head as it was sent, in which each '|' stands where the library writes a NUL, or for
 * a blank before a value: method, target, version, then names and values. A line that
 * was folded is `moved`: the part of that number lies in other memory. */
static enum error check(const char *picture, int moved)
{
    static char memory[HEAD_MAX], elsewhere[HEAD_MAX];
    struct slice parts[PARTS_MAX] = {{0}};
    size_t count = 0, len = strlen(picture);
    struct head h;

    assert_true(len < HEAD_MAX);
    memcpy(memory, picture, len + 1);
    for (size_t at = 0; at < len; at++) {
        size_t end = at;
        if (memory[at] == '|')
            continue;
        while (memory[end] != '|')
            end++;
        parts[count++] = slice_of(memory + at, end - at);
        at = end;
    }
    if (moved >= 0) {
        memcpy(elsewhere, parts[moved].ptr, parts[moved].len);
        parts[moved].ptr = elsewhere;
    }
    head_begin(&h, parts[0], parts[1], parts[1].ptr, parts[2]);
    for (size_t i = 3; i + 1 < count; i += 2)
        head_field(&h, parts[i], parts[i + 1]);
    return head_end(&h, len);
}

static void parts_lie_where_their_separators_leave_them(void **state)
{
    (void)state;
    assert_int_equal(check("GET|/a|HTTP/1.1||Host|x||Accept|||y||||", -1), OK);
    assert_int_equal(check("GET|/a|HTTP/1.0||||", -1), OK);
    assert_int_equal(check("GET|/a|HTTP/1.1||Host|x|A|y||||", -1), ERR_MALFORMED); /* a bare LF, or a NUL */
    assert_int_equal(check("GET|/a|HTTP/1.1|Host|x||A|y||||", -1), ERR_MALFORMED); /* behind the first line */
    assert_int_equal(check("GET|/a|HTTP/1.1||Host|x||A|y|||", -1), ERR_MALFORMED); /* behind the last */
    assert_int_equal(check("GET|/a|HTTP/1.1||Host|x|||A|y||||", -1), ERR_MALFORMED); /* a value with a NUL */
    assert_int_equal(check("GET|/a||HTTP/1.1||Host|x||||", -1), ERR_MALFORMED);      /* a target with one */
    assert_int_equal(check("GET||/a|HTTP/1.1||Host|x||||", -1), ERR_MALFORMED);      /* a method with one */
    assert_int_equal(check("GET|/a|HTTP/1.1||Host|x||A|y||||", 5), ERR_MALFORMED);   /* a folded line */
}

static enum error check_fields(const char *version, const char *const fields[][2], size_t count)
{
    struct head h;

    head_begin(&h, SLICE("POST"), SLICE("/"), NULL, slice_from_cstr(version));
    for (size_t i = 0; i < count; i++)
        head_field(&h, slice_from_cstr(fields[i][0]), slice_from_cstr(fields[i][1]));
    return head_end(&h, 0);
}

#define CHECK(version, ...)                                                                                  \
    check_fields(version, (const char *const[][2]){__VA_ARGS__},                                             \
                 sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *[2]))

static void a_length_is_one_length(void **state)
{
    struct head h;

    (void)state;
    assert_int_equal(CHECK("HTTP/1.1", {"Host", "x"}, {"Content-Length", "5"}), OK);
    assert_int_equal(CHECK("HTTP/1.1", {"Host", "x"}, {"Content-Length", "5"}, {"content-length", "5"}), OK);
    assert_int_equal(CHECK("HTTP/1.1", {"Host", "x"}, {"Content-Length", "5"}, {"Content-Length", "6"}),
                     ERR_MALFORMED);
    assert_int_equal(CHECK("HTTP/1.1", {"Host", "x"}, {"Content-Length", "5"}, {"Content-Length", "5;x"}),
                     ERR_MALFORMED);
    assert_int_equal(
        CHECK("HTTP/1.1", {"Host", "x"}, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}),
        ERR_MALFORMED);
    assert_int_equal(CHECK("HTTP/1.1", {"Content-Length", "5"}), ERR_MALFORMED); /* no Host */
    assert_int_equal(CHECK("HTTP/1.0", {"Content-Length", "5"}), OK);
    h = (struct head){.length = SLICE("00123")};
    assert_int_equal(head_length(&h, 200), 123);
    assert_int_equal(head_length(&h, 122), 123);
    h.length = SLICE("99999999999999999999999999");
    assert_int_equal(head_length(&h, 200), 201);
}

static void the_only_coding_is_chunked(void **state)
{
    static const struct {
        const char *coding;
        enum error err;
    } rows[] = {{"chunked", OK},
                {"Chunked", OK},
                {"gzip, chunked", ERR_NOT_IMPLEMENTED},
                {"identity, chunked", ERR_NOT_IMPLEMENTED},
                {"chunked, gzip", ERR_MALFORMED},
                {"chunked, chunked", ERR_MALFORMED},
                {"gzip", ERR_MALFORMED},
                {"", ERR_MALFORMED},
                {"chunked ", ERR_MALFORMED}, /* the library would not know it */
                {"chunked,", ERR_MALFORMED},
                {"chunked;q=1", ERR_MALFORMED}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(CHECK("HTTP/1.1", {"Host", "x"}, {"Transfer-Encoding", rows[i].coding}),
                         rows[i].err);
    assert_int_equal(CHECK("HTTP/1.0", {"Host", "x"}, {"Transfer-Encoding", "chunked"}), ERR_MALFORMED);
    assert_int_equal(
        CHECK("HTTP/1.1", {"Host", "x"}, {"Transfer-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"}),
        ERR_NOT_IMPLEMENTED);
}

static void expect_tag(const char *list, bool weakly, bool strongly)
{
    struct slice tag = SLICE("\"a-1\"");

    assert_int_equal(etag_list_has(slice_from_cstr(list), tag, ETAG_WEAK), weakly);
    assert_int_equal(etag_list_has(slice_from_cstr(list), tag, ETAG_STRONG), strongly);
}

static void tags_are_found_in_lists(void **state)
{
    (void)state;
    expect_tag("\"a-1\"", true, true);
    expect_tag(" * ", true, true);
    expect_tag("W/\"a-1\"", true, false);
    expect_tag("\"b\" ,\"x,y\",, W/\"a-1\"", true, false);
    expect_tag("W/\"a-1\", \"a-1\"", true, true);
    expect_tag("a-1", false, false);
    expect_tag("w/\"a-1\"", false, false);
    expect_tag("\"x,\"a-1\"", false, false);
    expect_tag("\"b\" \"a-1\"", false, false);
    expect_tag("\"a-1", false, false);
    expect_tag("\"*\"", false, false);
    expect_tag("", false, false);
    expect_tag("W/", false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_lie_where_their_separators_leave_them),
        cmocka_unit_test(a_length_is_one_length),
        cmocka_unit_test(the_only_coding_is_chunked),
        cmocka_unit_test(tags_are_found_in_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
