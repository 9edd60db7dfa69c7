/* link: kp_guard kp_alloc */
/* Passwords as people find them at the end of a link. */
#include <string.h>

#include "guard/random.h"
#include "support/unit.h"

enum { DRAWN = 4000 };

static const char letters_and_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool is_one_of(char c, const char *these)
{
    return c != '\0' && strchr(these, c) != NULL;
}

static void a_password_begins_and_ends_with_a_letter_or_digit(void **state)
{
    (void)state;
    for (int i = 0; i < DRAWN; i++) {
        char password[PASSWORD_CHARS];
        random_password(password);
        assert_true(is_one_of(password[0], letters_and_digits));
        assert_true(is_one_of(password[PASSWORD_CHARS - 1], letters_and_digits));
        for (int at = 1; at < PASSWORD_CHARS - 1; at++)
            assert_true(is_one_of(password[at], letters_and_digits) || is_one_of(password[at], "-_"));
    }
}

static void every_character_is_drawn_everywhere(void **state)
{
    (void)state;
    bool seen[PASSWORD_CHARS][256] = {{false}};
    for (int i = 0; i < DRAWN; i++) {
        char password[PASSWORD_CHARS];
        random_password(password);
        for (int at = 0; at < PASSWORD_CHARS; at++)
            seen[at][(unsigned char)password[at]] = true;
    }
    for (int at = 0; at < PASSWORD_CHARS; at++) {
        int kinds = 0;
        for (int c = 0; c < 256; c++)
            kinds += seen[at][c];
        assert_int_equal(kinds, at == 0 || at == PASSWORD_CHARS - 1 ? 62 : 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_begins_and_ends_with_a_letter_or_digit),
        cmocka_unit_test(every_character_is_drawn_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
