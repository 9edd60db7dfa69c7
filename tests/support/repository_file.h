/* repository_file.h - files of the repository that are made from tables.
 *
 * A test makes the text and compares it with the file. With KP_WRITE_DOCS=1 in
 * the environment it writes the file instead. */
#ifndef KOLABPAD_TESTS_REPOSITORY_FILE_H
#define KOLABPAD_TESTS_REPOSITORY_FILE_H

#include "base/slice.h"
#include "support/unit.h"

/* `path` from the root of the repository, two folders above this file. */
static inline FILE *repository_file_open(const char *path, const char *mode)
{
    char full[4096] = __FILE__;

    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(full, '/');
        assert_non_null(slash);
        *slash = '\0';
    }
    snprintf(full + strlen(full), sizeof full - strlen(full), "/%s", path);
    return fopen(full, mode);
}

static inline void repository_file_write(const char *path, struct slice text)
{
    FILE *file = repository_file_open(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static inline void assert_repository_file(const char *path, struct slice text)
{
    if (getenv("KP_WRITE_DOCS"))
        repository_file_write(path, text);
    FILE *file = repository_file_open(path, "r");
    if (!file)
        fail_msg("%s is missing; KP_WRITE_DOCS=1 writes it", path);
    char *held = malloc(text.len + 1);
    const size_t len = fread(held, 1, text.len + 1, file);
    fclose(file);
    const bool same = slice_equal(slice_of(held, len), text);
    free(held);
    if (!same)
        fail_msg("%s is not what its table says; KP_WRITE_DOCS=1 writes it anew", path);
}

#endif
