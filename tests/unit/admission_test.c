/* link: kp_doc kp_alloc */
/* What somebody is let in with: the table of doc/admission.h, line by line. */
#include "doc/admission.h"
#include "guard/token.h"
#include "support/unit.h"

#include <string.h>

#define NOW_MS INT64_C(1700000000000)
#define OWNER SLICE("owner-owner-owner-ow-1")
#define VIEW_LINK SLICE("view-view-view-view--1")
#define EDIT_LINK SLICE("edit-edit-edit-edit--1")
#define WRONG SLICE("wrong-wrong-wrong-wr-1")
#define PASSWORD SLICE("secret")
#define NOTHING ((struct slice){0})

static struct store_link links[2];
static struct store_rights rights;
static struct admission admission;

static void hash_into(char out[STORE_HASH_BYTES], struct slice token)
{
    struct token_hash hash = token_hash_of(token);
    memcpy(out, hash.bytes, sizeof hash.bytes);
}

static int begin(void **state)
{
    (void)state;
    memset(links, 0, sizeof links);
    memcpy(links[0].id, "link-of-view", LINK_ID_CHARS);
    memcpy(links[1].id, "link-of-edit", LINK_ID_CHARS);
    hash_into(links[0].hash, VIEW_LINK);
    hash_into(links[1].hash, EDIT_LINK);
    links[1].may_edit = links[1].history = true;
    rights = (struct store_rights){.has_owner = true, .links = links, .link_count = 2};
    hash_into(rights.owner, OWNER);
    return 0;
}

static void judge(struct slice password, struct shown shown, enum error err, enum access access)
{
    assert_string_equal(error_code(admission_judge(&rights, password, &shown, NOW_MS, &admission)),
                        error_code(err));
    if (!err)
        assert_string_equal(access_name(admission.access), access_name(access));
}

static void test_the_address_of_a_document_without_a_password_gives_editing(void **state)
{
    (void)state;
    judge(NOTHING, (struct shown){0}, OK, ACCESS_EDIT);
    assert_true(admission.history && !admission.by_link && !admission.is_guess && !admission.by_password);
    judge(NOTHING, (struct shown){.password = WRONG}, OK, ACCESS_EDIT); /* it had one once */
    assert_false(admission.is_guess);
}

static void test_a_password_is_asked_for(void **state)
{
    (void)state;
    judge(PASSWORD, (struct shown){.password = PASSWORD}, OK, ACCESS_EDIT);
    assert_true(admission.by_password && !admission.is_guess);
    judge(PASSWORD, (struct shown){0}, ERR_PASSWORD, ACCESS_NONE);
    assert_false(admission.is_guess); /* a browser asks so whether it needs one */
    judge(PASSWORD, (struct shown){.password = WRONG}, ERR_PASSWORD, ACCESS_NONE);
    assert_true(admission.is_guess);
    judge(PASSWORD, (struct shown){.password = SLICE("")}, ERR_PASSWORD, ACCESS_NONE);
}

static void test_the_owner_is_let_in_whatever_the_password_is(void **state)
{
    (void)state;
    const struct slice passwords[] = {NOTHING, PASSWORD};
    for (int i = 0; i < 2; i++) {
        judge(passwords[i], (struct shown){.owner_token = OWNER}, OK, ACCESS_OWN);
        judge(passwords[i], (struct shown){.password = WRONG, .link = VIEW_LINK, .owner_token = OWNER}, OK,
              ACCESS_OWN);
        assert_true(admission.history && !admission.by_link && !admission.is_guess);
    }
    judge(PASSWORD, (struct shown){.owner_token = WRONG}, ERR_PASSWORD, ACCESS_NONE);
    assert_true(admission.is_guess);
    judge(NOTHING, (struct shown){.owner_token = WRONG}, OK, ACCESS_EDIT);
    assert_true(admission.is_guess); /* though the address is enough */
    rights.has_owner = false;
    memset(rights.owner, 0, sizeof rights.owner);
    judge(NOTHING, (struct shown){.owner_token = OWNER}, OK, ACCESS_EDIT);
    assert_false(admission.is_guess);
}

static void test_a_link_gives_its_role_whatever_the_password_is(void **state)
{
    (void)state;
    const struct slice passwords[] = {NOTHING, PASSWORD};
    for (int i = 0; i < 2; i++) {
        judge(passwords[i], (struct shown){.link = VIEW_LINK}, OK, ACCESS_VIEW);
        assert_true(admission.by_link && !admission.history && !admission.is_guess);
        assert_memory_equal(admission.link_id, "link-of-view", LINK_ID_CHARS);
        judge(passwords[i], (struct shown){.link = EDIT_LINK}, OK, ACCESS_EDIT);
        assert_true(admission.by_link && admission.history);
        assert_memory_equal(admission.link_id, "link-of-edit", LINK_ID_CHARS);
    }
}

/* Of a view link nobody must make the edit address, though the address alone would do. */
static void test_a_link_that_fits_nothing_is_refused(void **state)
{
    (void)state;
    judge(NOTHING, (struct shown){.link = WRONG}, ERR_WITHDRAWN, ACCESS_NONE);
    assert_true(admission.is_guess);
    rights = (struct store_rights){0};
    judge(NOTHING, (struct shown){.link = VIEW_LINK}, ERR_WITHDRAWN, ACCESS_NONE);
    judge(NOTHING, (struct shown){.link = SLICE("")}, ERR_WITHDRAWN, ACCESS_NONE);
}

static void test_a_link_ends_at_its_time(void **state)
{
    (void)state;
    links[0].expires_ms = NOW_MS + 1;
    judge(NOTHING, (struct shown){.link = VIEW_LINK}, OK, ACCESS_VIEW);
    links[0].expires_ms = NOW_MS;
    judge(NOTHING, (struct shown){.link = VIEW_LINK}, ERR_WITHDRAWN, ACCESS_NONE);
    assert_false(admission.is_guess); /* whoever has it had it from somebody */
}

static void test_a_link_that_was_withdrawn_is_known_as_such(void **state)
{
    (void)state;
    const struct slice passwords[] = {NOTHING, PASSWORD};
    links[1].expires_ms = STORE_LINK_WITHDRAWN_MS;
    for (int i = 0; i < 2; i++) {
        judge(passwords[i], (struct shown){EDIT_LINK, EDIT_LINK, EDIT_LINK}, ERR_WITHDRAWN, ACCESS_NONE);
        assert_false(admission.is_guess);
        judge(passwords[i], (struct shown){.link = EDIT_LINK}, ERR_WITHDRAWN, ACCESS_NONE);
    }
}

/* The Bearer of an HTTP request is passed as all three. */
static void test_one_secret_may_be_any_of_the_three(void **state)
{
    (void)state;
    judge(PASSWORD, (struct shown){PASSWORD, PASSWORD, PASSWORD}, OK, ACCESS_EDIT);
    assert_false(admission.is_guess);
    judge(PASSWORD, (struct shown){OWNER, OWNER, OWNER}, OK, ACCESS_OWN);
    judge(NOTHING, (struct shown){VIEW_LINK, VIEW_LINK, VIEW_LINK}, OK, ACCESS_VIEW);
    judge(PASSWORD, (struct shown){WRONG, WRONG, WRONG}, ERR_PASSWORD, ACCESS_NONE);
    assert_true(admission.is_guess);
    judge(NOTHING, (struct shown){WRONG, WRONG, WRONG}, OK, ACCESS_EDIT);
    assert_true(admission.is_guess);
}

static void test_while_only_the_owner_writes_all_others_read(void **state)
{
    (void)state;
    rights.owner_writes = true;
    judge(NOTHING, (struct shown){0}, OK, ACCESS_VIEW);
    judge(PASSWORD, (struct shown){.password = PASSWORD}, OK, ACCESS_VIEW);
    judge(PASSWORD, (struct shown){.link = EDIT_LINK}, OK, ACCESS_VIEW);
    judge(PASSWORD, (struct shown){.owner_token = OWNER}, OK, ACCESS_OWN);
}

/* Each of them is looked at by itself, and what is wrong beside what is right counts. */
static void test_a_wrong_token_of_the_owner_counts_whatever_opens_the_document(void **state)
{
    (void)state;
    judge(PASSWORD, (struct shown){.password = PASSWORD, .owner_token = WRONG}, OK, ACCESS_EDIT);
    assert_true(admission.is_guess && admission.by_password);
    judge(PASSWORD, (struct shown){.link = VIEW_LINK, .owner_token = WRONG}, OK, ACCESS_VIEW);
    assert_true(admission.is_guess && admission.by_link);
    judge(NOTHING, (struct shown){.password = WRONG, .link = EDIT_LINK, .owner_token = EDIT_LINK}, OK,
          ACCESS_EDIT);
    assert_false(admission.is_guess);
    rights.has_owner = false; /* there is nothing to be guessed */
    judge(PASSWORD, (struct shown){.password = PASSWORD, .owner_token = WRONG}, OK, ACCESS_EDIT);
    assert_false(admission.is_guess);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_address_of_a_document_without_a_password_gives_editing),
        TEST(test_a_password_is_asked_for),
        TEST(test_the_owner_is_let_in_whatever_the_password_is),
        TEST(test_a_link_gives_its_role_whatever_the_password_is),
        TEST(test_a_link_that_fits_nothing_is_refused),
        TEST(test_a_link_ends_at_its_time),
        TEST(test_a_link_that_was_withdrawn_is_known_as_such),
        TEST(test_one_secret_may_be_any_of_the_three),
        TEST(test_a_wrong_token_of_the_owner_counts_whatever_opens_the_document),
        TEST(test_while_only_the_owner_writes_all_others_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
