/* link: kp_api kp_alloc */
/* Which paths a route takes, and what stands in its places. */
#include "api/route_path.h"

#include "support/unit.h"

#include <stdio.h>
#include <string.h>

static bool matches(const char *route, const char *path)
{
    struct route_places places;
    return route_path_matches(route, slice_from_cstr(path), &places);
}

static void the_whole_path_must_match(void **state)
{
    (void)state;
    assert_true(matches("/api/stats", "/api/stats"));
    assert_false(matches("/api/stats", "/api/stats/"));
    assert_false(matches("/api/stats", "/api/stat"));
    assert_true(matches("/api/text/{id}", "/api/text/notes"));
    assert_false(matches("/api/text/{id}", "/api/text/notes/more"));
    assert_true(matches("/api/text/{id}", "/api/text/")); /* which is no id: see below */
    assert_false(matches("/api/text/{id}", "/api/text"));
    assert_false(matches("/api/document/{id}/links", "/api/document/a/link"));
    assert_false(matches("/api/text/{id}", ""));
}

/* What a route makes of a path: its error, or id and parts with a bar between them. */
static const char *names_of(const char *route, const char *path)
{
    static char text[64];
    struct route_places places;
    struct route_names names;
    assert_true(route_path_matches(route, slice_from_cstr(path), &places));
    enum error err = route_names_read(route, &places, &names);
    if (err)
        snprintf(text, sizeof text, "%s", error_code(err));
    else
        snprintf(text, sizeof text, "%.*s|%.*s|%.*s", (int)names.id.len, names.id.ptr ? names.id.ptr : "",
                 (int)names.parts[0].len, names.parts[0].ptr ? names.parts[0].ptr : "",
                 (int)names.parts[1].len, names.parts[1].ptr ? names.parts[1].ptr : "");
    route_names_deinit(&names);
    return text;
}

static void names_are_decoded(void **state)
{
    (void)state;
    assert_string_equal(names_of("/api/text/{id}", "/api/text/a%20b"), "a b||");
    assert_string_equal(names_of("/d/{id}/links/{link}", "/d/notes/links/x%2Fy"), "notes|x/y|");
    assert_string_equal(names_of("/d/{id}/c/{thread}/{comment}", "/d/n/c/one/two"), "n|one|two");
    assert_string_equal(names_of("/link/c/{thread}/{comment}", "/link/c/one/two"), "|one|two");
    assert_string_equal(names_of("/link/history/{revision}", "/link/history/7"), "|7|");
}

static void a_place_that_is_there_may_be_empty(void **state)
{
    (void)state;
    struct route_places places;
    struct route_names names;
    assert_true(route_path_matches("/link/c/{thread}", SLICE("/link/c/"), &places));
    assert_int_equal(route_names_read("/link/c/{thread}", &places, &names), OK);
    assert_null(names.id.ptr);
    assert_non_null(names.parts[0].ptr);
    assert_int_equal(names.parts[0].len, 0);
    assert_null(names.parts[1].ptr);
    route_names_deinit(&names);
}

static void what_is_not_escaped_as_it_should_be(void **state)
{
    (void)state;
    const char *bad_id = error_code(ERR_BAD_ID), *not_found = error_code(ERR_NOT_FOUND);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/%zz"), bad_id);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/"), bad_id);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/a%2Fb"), bad_id);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/a%00"), bad_id);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/%ff"), bad_id);
    assert_string_equal(names_of("/api/text/{id}", "/api/text/%c2%85"), bad_id);
    assert_string_equal(names_of("/d/{id}/links/{link}", "/d/n/links/%z"), not_found);
}

static void ids_have_a_length(void **state)
{
    (void)state;
    char id[129];
    memset(id, 'x', sizeof id);
    assert_true(route_id_is_valid(slice_of(id, 128)));
    assert_false(route_id_is_valid(slice_of(id, 129)));
    assert_true(route_id_is_valid(SLICE("\xc2\xa0"))); /* the first behind the control characters */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_path_must_match),
        cmocka_unit_test(names_are_decoded),
        cmocka_unit_test(a_place_that_is_there_may_be_empty),
        cmocka_unit_test(what_is_not_escaped_as_it_should_be),
        cmocka_unit_test(ids_have_a_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
