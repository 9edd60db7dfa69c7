/* store_files.h - what tests of the store and of its files have in common. */
#ifndef KOLABPAD_TESTS_STORE_FILES_H
#define KOLABPAD_TESTS_STORE_FILES_H

#include "support/store_postgres.h"

#include <sys/stat.h>
#include <unistd.h>

static inline int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    f->has_wall = true; /* the requests' times are those of the store's clock */
    f->wall_ms = T0_MS;
    fixture_open(f, STORE_JOURNAL);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* ---- files ------------------------------------------------------------- */

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
