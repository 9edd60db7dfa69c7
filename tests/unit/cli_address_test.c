/* link: kp_cli kp_core kp_alloc */
#include "cli/address.h"
#include "support/unit.h"

#include <string.h>

static struct address parse(const char *text, const char *server)
{
    struct address a;
    const char *problem = NULL;
    if (!address_parse(text, server, &a, &problem))
        fail_msg("%s: %s", text, problem);
    return a;
}

static const char *problem_of(const char *text, const char *server)
{
    struct address a;
    const char *problem = NULL;
    return address_parse(text, server, &a, &problem) ? NULL : problem;
}

static void addresses_are_read_as_the_page_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *base, *id, *password;
        int port;
        bool is_secure;
    } cases[] = {
        {"http://h/#a", "h", "/", "a", "", 80, false},
        {"https://h/#a", "h", "/", "a", "", 443, true},
        {"https://h#a", "h", "/", "a", "", 443, true},
        {"http://h:3030/#a&otp=x%2By", "h", "/", "a", "x+y", 3030, false},
        {"http://h:3030/#a?otp=x", "h", "/", "a", "x", 3030, false},
        {"http://h/?otp=x#a", "h", "/", "a", "x", 80, false},
        {"http://h/?theme=dark&otp=x&lang=de#a", "h", "/", "a", "x", 80, false},
        {"http://h/pads/#a", "h", "/pads/", "a", "", 80, false},
        {"http://h/pads/index.html#a", "h", "/pads/", "a", "", 80, false},
        {"http://h/pads#a", "h", "/", "a", "", 80, false},
        {"http://[::1]:8080/#a", "::1", "/", "a", "", 8080, false},
        {"http://h/#Q&A", "h", "/", "Q&A", "", 80, false},
        {"http://h/#a&otp=x&b", "h", "/", "a&otp=x&b", "", 80, false},
        {"http://h/#a=b?", "h", "/", "a=b?", "", 80, false},
        {"http://h/#50%%20off", "h", "/", "50% off", "", 80, false},
        {"http://h/#%C3%A4%e2%82%ac%F0%9F%98%80", "h", "/", "ä€😀", "", 80, false},
        {"http://h/#%C3%", "h", "/", "%C3%", "", 80, false},
        {"http://h/#%ED%A0%80", "h", "/", "%ED%A0%80", "", 80, false}, /* a surrogate */
        {"http://h/#a%26otp=b", "h", "/", "a&otp=b", "", 80, false},
        {"http://h/#a&otp=", "h", "/", "a", "", 80, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address a = parse(cases[i].text, NULL);
        assert_string_equal(a.host, cases[i].host);
        assert_string_equal(a.base, cases[i].base);
        assert_string_equal(a.id, cases[i].id);
        assert_string_equal(a.password, cases[i].password);
        assert_int_equal(a.port, cases[i].port);
        assert_int_equal(a.is_secure, cases[i].is_secure);
        assert_int_equal(a.kind, ADDRESS_PAD);
    }
}

static void links_and_owners_are_told_apart(void **state)
{
    (void)state;
    struct address a = parse("https://h/#/link/AAAAAAAAAAAAAAAAAAAAAA", NULL);
    assert_int_equal(a.kind, ADDRESS_LINK);
    assert_string_equal(a.link, "AAAAAAAAAAAAAAAAAAAAAA");
    assert_string_equal(a.id, "");
    a = parse("https://h/#a&otp=b&owner=AAAAAAAAAAAAAAAAAAAAAA", NULL);
    assert_string_equal(a.id, "a");
    assert_string_equal(a.password, "b");
    assert_string_equal(a.owner, "AAAAAAAAAAAAAAAAAAAAAA");
    a = parse("https://h/#a&owner=short", NULL);
    assert_string_equal(a.id, "a&owner=short");
    assert_string_equal(a.owner, "");
    assert_non_null(problem_of("https://h/#/link/short", NULL));
    assert_non_null(problem_of("https://h/#/link/", NULL));
}

static void a_name_alone_is_of_the_server_in_the_environment(void **state)
{
    (void)state;
    static const char *const servers[] = {"https://h:1/pads", "https://h:1/pads/", "https://h:1/pads/#x",
                                          "https://h:1/pads?y"};
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        struct address a = parse("notes&otp=p", servers[i]);
        assert_string_equal(a.host, "h");
        assert_int_equal(a.port, 1);
        assert_string_equal(a.base, "/pads/");
        assert_string_equal(a.id, "notes");
        assert_string_equal(a.password, "p");
    }
    assert_string_equal(parse("#notes", servers[0]).id, "notes");
    assert_string_equal(parse("C#", servers[0]).id, "C#");
    assert_int_equal(parse("#/link/AAAAAAAAAAAAAAAAAAAAAA", servers[0]).kind, ADDRESS_LINK);
}

static void what_is_no_address_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "notes",
        "ftp://h/#a",
        "h/#a",
        "http://#a",
        "http://h:0/#a",
        "http://h:65536/#a",
        "http://h:x/#a",
        "http://h:99999999999999999999/#a",
        "http://[::1/#a",
        "http://[::1]x/#a",
        "http://u:p@h/#a",
        "http://h/",
        "http://h/#",
        "http://h/#.",
        "http://h/#..",
        "http://h/#a/b",
        "http://h/#a%00b",
        "http://h/#a%0Ab",
        "http://h/a b/#c",
        "http://h%20/#a",
        "http://h/#\xff",
        "://#a",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (!problem_of(bad[i], NULL))
            fail_msg("\"%s\" was taken", bad[i]);
    char longest[200] = "http://h/#";
    memset(longest + strlen(longest), 'x', PAD_ID_BYTES);
    assert_null(problem_of(longest, NULL));
    strcat(longest, "x");
    assert_non_null(problem_of(longest, NULL));
    assert_non_null(problem_of("notes", "pad.example"));
    assert_non_null(problem_of("notes", ""));
}

static void nothing_of_an_address_is_left_to_be_seen(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"http://h/#a&otp=b", "http://h/#*******"}, {"a&otp=b", "*******"},     {"#a", "#*"},
        {"http://h/?otp=b", "http://h/******"},     {"http://h/", "http://h/"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char argument[64];
        strcpy(argument, cases[i][0]);
        address_hide(argument);
        assert_string_equal(argument, cases[i][1]);
    }
}

static void a_printed_address_reads_the_same(void **state)
{
    (void)state;
    static const char *const ids[] = {"a",       "Q&A",   "50% off", "ä€😀",       "ends with-",
                                      "a&otp=b", "what?", "C#",      "it's (me)!"};
    static const char *const servers[] = {"https://h/", "http://[::1]:8080/pads/", "http://h:443"};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        for (size_t k = 0; k < sizeof(servers) / sizeof(servers[0]); k++) {
            struct address server;
            const char *problem;
            struct buf out = {0};
            assert_true(address_parse_server(servers[k], &server, &problem));
            assert_int_equal(address_print(&server, slice_from_cstr(ids[i]), &out), OK);
            assert_int_equal(buf_append_byte(&out, 0), OK);
            struct address again = parse(out.ptr, NULL);
            assert_string_equal(again.id, ids[i]);
            assert_string_equal(again.password, "");
            assert_string_equal(again.host, server.host);
            assert_string_equal(again.base, server.base);
            assert_int_equal(again.port, server.port);
            char last = out.ptr[out.len - 2];
            assert_null(strchr("-_.!~*'()", last));
            buf_deinit(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_as_the_page_reads_them),
        cmocka_unit_test(links_and_owners_are_told_apart),
        cmocka_unit_test(a_name_alone_is_of_the_server_in_the_environment),
        cmocka_unit_test(what_is_no_address_is_refused_with_a_reason),
        cmocka_unit_test(nothing_of_an_address_is_left_to_be_seen),
        cmocka_unit_test(a_printed_address_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
