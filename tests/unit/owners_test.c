/* link: kp_shard kp_alloc */
/* Which server has which document, as far as a shard remembers. */
#include "shard/owners.h"

#include "support/unit.h"

static const struct store_owner other = {.incarnation = 7, .address = {"10.0.0.9:3030", 13}};

static bool finds(const struct owners *owners, const char *id, int64_t now_ms)
{
    struct store_owner found;
    if (!owners_find(owners, slice_from_cstr(id), now_ms, &found))
        return false;
    assert_int_equal(found.incarnation, other.incarnation);
    assert_true(slice_equal(found.address, other.address));
    return true;
}

static void an_owner_is_remembered_for_a_while(void **state)
{
    struct owners owners = {0};

    (void)state;
    assert_false(finds(&owners, "pad", 1000));
    owners_forget(&owners, SLICE("pad"));
    owners_remember(&owners, SLICE("pad"), &other, 1000);
    assert_true(finds(&owners, "pad", 1000));
    assert_false(finds(&owners, "pads", 1000));
    assert_true(finds(&owners, "pad", 1000 + OWNERS_FRESH_MS - 1));
    assert_false(finds(&owners, "pad", 1000 + OWNERS_FRESH_MS));
    owners_deinit(&owners);
}

static void an_owner_is_forgotten(void **state)
{
    struct owners owners = {0};

    (void)state;
    owners_remember(&owners, SLICE("a"), &other, 0);
    owners_remember(&owners, SLICE("b"), &other, 0);
    owners_forget(&owners, SLICE("a"));
    assert_false(finds(&owners, "a", 1));
    assert_true(finds(&owners, "b", 1));
    owners_forget_all(&owners);
    assert_false(finds(&owners, "b", 1));
    owners_deinit(&owners);
}

static void an_address_that_is_none_is_not_remembered(void **state)
{
    struct owners owners = {0};
    char text[300] = {0};

    (void)state;
    memset(text, 'x', sizeof text);
    owners_remember(&owners, SLICE("a"), &(struct store_owner){.incarnation = 7}, 0);
    owners_remember(&owners, SLICE("b"), &(struct store_owner){7, slice_of(text, sizeof text)}, 0);
    assert_false(finds(&owners, "a", 1));
    assert_false(finds(&owners, "b", 1));
    owners_deinit(&owners);
}

/* The table has a fixed size: the newest are there, whoever came before. */
static void the_newest_is_always_there(void **state)
{
    struct owners owners = {0};
    char id[16];
    unsigned there = 0;

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "pad%u", i);
        owners_remember(&owners, slice_from_cstr(id), &other, 0);
        assert_true(finds(&owners, id, 1));
    }
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "pad%u", i);
        there += finds(&owners, id, 1);
    }
    assert_in_range(there, 900, 1024);
    owners_deinit(&owners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_is_remembered_for_a_while),
        cmocka_unit_test(an_owner_is_forgotten),
        cmocka_unit_test(an_address_that_is_none_is_not_remembered),
        cmocka_unit_test(the_newest_is_always_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
