/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Switching a password on and off: who may, when it counts, and that there is
 * never one that people know and the database does not. */
#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/maintenance.h"
#include "doc/password.h"

/* A written document with Ada (token 10) and Bob (v1) in it; all is answered. */
static struct document *doc;

static struct changer {
    struct password_change change;
    unsigned answers;
    enum error err;
} ada_changes, bob_changes;

static int begin_in(struct limits_config limits)
{
    fixture.limits_config = limits;
    fixture.limits_config.addresses_max = 8;
    fixture_restart();
    doc = open_document("pad");
    attach(doc, &fixture.ada, 10);
    attach_v1(doc, &fixture.bob);
    if (doc->pad.revision == 0)
        type(doc, &fixture.ada, "+hello");
    answer_all();
    fixture.told[0] = '\0';
    return 0;
}

static int begin(void **state)
{
    fixture_begin(state);
    return begin_in((struct limits_config){0});
}

static void on_done(struct password_change *change, enum error err)
{
    struct changer *c = (struct changer *)(void *)change;
    c->answers++;
    c->err = err;
}

static enum error change(struct changer *c, struct pad_peer *who, bool is_on, const char *password)
{
    char given[32] = "";
    snprintf(given, sizeof given, "%s", password ? password : "");
    *c = (struct changer){.change = {.access = ACCESS_EDIT,
                                     .has_user = true,
                                     .user_id = who->user_id,
                                     .has_token = who == &fixture.ada,
                                     .token = id(10),
                                     .password = password ? slice_from_cstr(given) : (struct slice){0},
                                     .client = client_at(1),
                                     .is_on = is_on,
                                     .done = on_done}};
    return document_change_password(&fixture.documents, SLICE("pad"), &c->change);
}

static struct slice new_of(const struct changer *c)
{
    return slice_of(c->change.new_password, PASSWORD_CHARS);
}

/* Switches it on and gives the password. */
static const char *protect(void)
{
    static char password[PASSWORD_CHARS + 1];
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    answer_all();
    assert_int_equal(ada_changes.answers, 1);
    assert_int_equal(ada_changes.err, OK);
    memcpy(password, ada_changes.change.new_password, PASSWORD_CHARS);
    fixture.told[0] = '\0';
    return password;
}

static bool admits(const char *password)
{
    return document_admits(doc, password ? slice_from_cstr(password) : (struct slice){0});
}

/* ---- the way of a change ---- */

static void test_it_is_written_before_anybody_is_told(void **state)
{
    (void)state;
    uint64_t sequence = doc->pad.sequence;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    assert_requests("snapshot pad");
    turn();
    assert_told("");
    assert_null(doc->pad.password.ptr);
    assert_true(admits(NULL));
    fake_store_carry_out(&fixture.store, 1);
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
    turn();
    assert_told("");
    assert_int_equal(ada_changes.answers, 0);
    assert_int_equal(doc->pad.sequence, sequence);
    fake_store_deliver(&fixture.store);
    assert_int_equal(ada_changes.answers, 1);
    assert_int_equal(ada_changes.err, OK);
    turn();
    assert_told("news pad");
    assert_int_equal(doc->pad.sequence, sequence + 1);
    assert_true(slice_equal(doc->pad.password, new_of(&ada_changes)));
    assert_int_equal(doc->pad.password_by, fixture.ada.user_id);
}

static void test_it_counts_for_memory_and_for_what_comes_after(void **state)
{
    (void)state;
    const char *password = protect();
    assert_answer(ask("pad", OPEN_EDIT, NULL), ERR_PASSWORD);
    assert_answer(ask("pad", OPEN_EDIT, password), OK);
    fixture_restart();
    struct asker *without = ask("pad", OPEN_EDIT, NULL), *with = ask("pad", OPEN_EDIT, password);
    answer_all();
    assert_answer(without, ERR_PASSWORD);
    assert_answer(with, OK);
}

static void test_it_is_switched_off_by_who_knows_it(void **state)
{
    (void)state;
    const char *password = protect();
    assert_int_equal(change(&ada_changes, &fixture.ada, false, password), OK);
    assert_true(admits(password) && !admits(NULL)); /* until it is written */
    answer_all();
    assert_int_equal(ada_changes.err, OK);
    assert_null(doc->pad.password.ptr);
    assert_null(row("pad")->password.ptr);
    assert_true(admits(NULL));
}

static void test_it_is_replaced_by_who_knows_it(void **state)
{
    (void)state;
    char old[PASSWORD_CHARS + 1];
    snprintf(old, sizeof old, "%s", protect());
    assert_int_equal(change(&ada_changes, &fixture.ada, true, old), OK);
    answer_all();
    assert_false(admits(old));
    assert_true(document_admits(doc, new_of(&ada_changes)));
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
}

static void test_it_takes_effect_though_the_asker_has_left(void **state)
{
    (void)state;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    detach(doc, &fixture.ada);
    answer_all();
    assert_int_equal(ada_changes.err, OK);
    assert_true(slice_equal(doc->pad.password, new_of(&ada_changes)));
    assert_int_equal(doc->pad.password_by, PAD_SYSTEM_USER);
}

/* ---- a write that fails ---- */

static void test_a_failed_write_leaves_the_old_one(void **state)
{
    (void)state;
    const char *password = protect();
    fake_store_fail_next(&fixture.store, STORE_SNAPSHOT);
    assert_int_equal(change(&bob_changes, &fixture.bob, false, password), OK);
    assert_true(fake_store_waiting(&fixture.store, STORE_SNAPSHOT)->fail_fast);
    fake_store_answer_one(&fixture.store);
    assert_int_equal(bob_changes.answers, 1);
    assert_int_equal(bob_changes.err, ERR_STORAGE);
    assert_true(admits(password) && !admits(NULL));
    assert_requests("snapshot pad"); /* nobody knows what the database has */
    assert_false(fake_store_waiting(&fixture.store, STORE_SNAPSHOT)->fail_fast);
    row("pad")->password.len = 0; /* it was carried out, and only the answer was lost */
    answer_all();
    assert_slice(row("pad")->password, password);
    fixture.told[0] = '\0';
    assert_int_equal(change(&bob_changes, &fixture.bob, false, password), OK); /* and may be tried again */
    answer_all();
    assert_int_equal(bob_changes.err, OK);
}

static void test_it_fails_at_once_while_the_store_fails(void **state)
{
    (void)state;
    fixture.store.is_failing = true;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    answer_all();
    assert_int_equal(ada_changes.err, ERR_STORAGE);
    assert_true(admits(NULL));
    fixture.store.is_failing = false;
    answer_all();
    assert_null(row("pad")->password.ptr);
}

/* ---- meanwhile ---- */

/* Every other reason for a snapshot while the new password is on its way. */
static void test_no_snapshot_meanwhile_puts_the_old_one_back(void **state)
{
    (void)state;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    type(doc, &fixture.ada, "=5 +!");
    assert_int_equal(document_set_language(doc, &fixture.ada, SLICE("c")), OK);
    turn();
    later(10 * MINUTE_MS); /* idle, and the safety net */
    detach(doc, &fixture.ada);
    detach(doc, &fixture.bob); /* the last one leaves */
    later(3 * HOUR_MS);        /* eviction */
    documents_stop(&fixture.documents);
    assert_false(documents_are_written(&fixture.documents));
    assert_int_equal(fixture.store.posted_count[STORE_SNAPSHOT], 1);
    answer_all();
    assert_int_equal(ada_changes.err, OK);
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
    while (!documents_are_written(&fixture.documents))
        answer_all();
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
    assert_slice(row("pad")->language, "c");
    assert_database("pad", "hello!");
}

static void test_an_earlier_snapshot_under_way_is_overwritten(void **state)
{
    (void)state;
    later(12 * SECOND_MS); /* the database is told that it is in use */
    type(doc, &fixture.ada, "=5 +!");
    answer_all();
    later(MINUTE_MS);
    assert_requests("snapshot pad");
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    assert_requests("snapshot pad, snapshot pad");
    answer_all();
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
    later(10 * MINUTE_MS);
    answer_all();
    assert_true(slice_equal(row("pad")->password, new_of(&ada_changes)));
}

static void test_a_second_change_meanwhile_is_refused(void **state)
{
    (void)state;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    assert_int_equal(change(&bob_changes, &fixture.bob, true, NULL), ERR_OVERLOADED);
    answer_all();
    assert_int_equal(bob_changes.answers, 0);
    assert_int_equal(change(&bob_changes, &fixture.bob, true, NULL),
                     ERR_FORBIDDEN); /* he must know the new one */
}

static void test_the_document_stays_in_memory_until_it_is_written(void **state)
{
    (void)state;
    assert_int_equal(change(&ada_changes, &fixture.ada, true, NULL), OK);
    detach(doc, &fixture.ada);
    detach(doc, &fixture.bob);
    jump(3 * HOUR_MS);
    later(MINUTE_MS);
    assert_ptr_equal(find("pad"), doc);
    answer_all();
    later(MINUTE_MS);
    answer_all();
    assert_null(find("pad"));
}

/* ---- who may ---- */

static void test_only_members_may(void **state)
{
    (void)state;
    struct pad_peer nobody = {.user_id = 99};
    assert_int_equal(change(&ada_changes, &nobody, true, NULL), ERR_FORBIDDEN);
    detach(doc, &fixture.bob);
    assert_int_equal(change(&bob_changes, &fixture.bob, true, NULL), ERR_FORBIDDEN);
    assert_requests("");
}

static void test_a_v2_tab_must_prove_that_it_is_who_it_says(void **state)
{
    (void)state;
    ada_changes = (struct changer){.change = {.access = ACCESS_EDIT,
                                              .has_user = true,
                                              .user_id = fixture.ada.user_id,
                                              .client = client_at(1),
                                              .is_on = true,
                                              .done = on_done}};
    struct password_change *forged = &ada_changes.change;
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), forged), ERR_FORBIDDEN);
    forged->has_token = true;
    forged->token = id(11);
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), forged), ERR_FORBIDDEN);
    forged->token = id(10);
    assert_int_equal(document_change_password(&fixture.documents, SLICE("pad"), forged), OK);
}

static void test_a_v1_client_has_no_token_and_may(void **state)
{
    (void)state;
    assert_int_equal(change(&bob_changes, &fixture.bob, true, NULL), OK);
    answer_all();
    assert_int_equal(bob_changes.err, OK);
}

static void test_the_present_password_must_be_known(void **state)
{
    (void)state;
    const char *password = protect();
    assert_int_equal(change(&ada_changes, &fixture.ada, false, NULL), ERR_FORBIDDEN);
    assert_int_equal(change(&ada_changes, &fixture.ada, false, "wrong"), ERR_FORBIDDEN);
    assert_int_equal(change(&ada_changes, &fixture.ada, true, "wrong"), ERR_FORBIDDEN);
    assert_requests("");
    assert_true(admits(password));
}

static void test_what_is_not_protected_cannot_be_switched_off(void **state)
{
    (void)state;
    assert_int_equal(change(&ada_changes, &fixture.ada, false, NULL), ERR_NOT_PROTECTED);
    assert_int_equal(change(&ada_changes, &fixture.ada, true, "needless"), OK);
}

static void test_a_document_that_is_not_in_memory_has_no_members(void **state)
{
    (void)state;
    put_row("other", "hello", NULL);
    struct password_change stranger = {.is_on = true, .done = on_done};
    assert_int_equal(document_change_password(&fixture.documents, SLICE("other"), &stranger), ERR_FORBIDDEN);
    ask("other", OPEN_EDIT, NULL);
    fake_store_answer_one(&fixture.store); /* now it is LOADING */
    assert_int_equal(document_change_password(&fixture.documents, SLICE("other"), &stranger), ERR_FORBIDDEN);
}

/* ---- limits ---- */

static void test_changes_are_limited(void **state)
{
    (void)state;
    begin_in((struct limits_config){.per_minute[LIMIT_PASSWORD_CHANGE] = 1});
    const char *password = protect();
    assert_int_equal(change(&ada_changes, &fixture.ada, false, password), ERR_RATE_LIMITED);
    jump(MINUTE_MS);
    assert_int_equal(change(&ada_changes, &fixture.ada, false, password), OK);
    answer_all();
}

static void test_wrong_passwords_are_counted(void **state)
{
    (void)state;
    begin_in((struct limits_config){.per_minute[LIMIT_PASSWORD_ATTEMPT] = 1});
    const char *password = protect();
    assert_int_equal(change(&ada_changes, &fixture.ada, false, "wrong"), ERR_FORBIDDEN);
    assert_int_equal(change(&ada_changes, &fixture.ada, false, password), ERR_RATE_LIMITED);
    assert_answer(ask("pad", OPEN_EDIT, password), ERR_RATE_LIMITED); /* for coming in, too */
    jump(MINUTE_MS);
    assert_int_equal(change(&ada_changes, &fixture.ada, false, password), OK);
    answer_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_DOCUMENT(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)
        IN_A_DOCUMENT(test_it_is_written_before_anybody_is_told),
        IN_A_DOCUMENT(test_it_counts_for_memory_and_for_what_comes_after),
        IN_A_DOCUMENT(test_it_is_switched_off_by_who_knows_it),
        IN_A_DOCUMENT(test_it_is_replaced_by_who_knows_it),
        IN_A_DOCUMENT(test_it_takes_effect_though_the_asker_has_left),
        IN_A_DOCUMENT(test_a_failed_write_leaves_the_old_one),
        IN_A_DOCUMENT(test_it_fails_at_once_while_the_store_fails),
        IN_A_DOCUMENT(test_no_snapshot_meanwhile_puts_the_old_one_back),
        IN_A_DOCUMENT(test_an_earlier_snapshot_under_way_is_overwritten),
        IN_A_DOCUMENT(test_a_second_change_meanwhile_is_refused),
        IN_A_DOCUMENT(test_the_document_stays_in_memory_until_it_is_written),
        IN_A_DOCUMENT(test_only_members_may),
        IN_A_DOCUMENT(test_a_v2_tab_must_prove_that_it_is_who_it_says),
        IN_A_DOCUMENT(test_a_v1_client_has_no_token_and_may),
        IN_A_DOCUMENT(test_the_present_password_must_be_known),
        IN_A_DOCUMENT(test_what_is_not_protected_cannot_be_switched_off),
        IN_A_DOCUMENT(test_a_document_that_is_not_in_memory_has_no_members),
        IN_A_DOCUMENT(test_changes_are_limited),
        IN_A_DOCUMENT(test_wrong_passwords_are_counted),
    };
    return RUN_DOC_TESTS(tests);
}
