/* client_decoding.h - messages of clients, decoded for a test. */
#ifndef KOLABPAD_TESTS_CLIENT_DECODING_H
#define KOLABPAD_TESTS_CLIENT_DECODING_H

#include "proto/client_message.h"
#include "support/alloc_faulty.h"
#include "support/op_text.h"
#include "support/unit.h"

#define TOKEN "AAECAwQFBgcICQoLDA0ODw" /* bytes 0 to 15 */

static struct client_decoder decoder;
static struct client_message message;
static const char *detail;

static inline enum error decode(enum pad_version version, const char *json)
{
    detail = NULL;
    return client_decode(&decoder, version, slice_from_cstr(json), &message, &detail);
}

static inline void refuses_in(enum pad_version v, enum error expected, const char *json)
{
    struct client_message before;
    memset(&message, 0x5a, sizeof message);
    memcpy(&before, &message, sizeof before);
    const enum error err = decode(v, json);
    if (err != expected)
        fail_msg("v%d %s: %s instead of %s", (int)v, json, error_code(err), error_code(expected));
    assert_non_null(detail);
    assert_in_range(strlen(detail), 1, 123);
    assert_memory_equal(&before, &message, sizeof before);
}

static inline void assert_slice(struct slice actual, const char *expected)
{
    if (!slice_equal(actual, slice_from_cstr(expected)))
        fail_msg("\"%.*s\" instead of \"%s\"", (int)actual.len, actual.ptr, expected);
}

/* ---- v2 ---- */

static inline const struct pad_hello *hello(const char *members)
{
    char json[512];

    snprintf(json, sizeof json, "{\"Hello\":{%s}}", members);
    const enum error err = decode(PAD_V2, json);
    if (err)
        fail_msg("%s: %s, %s", json, error_code(err), detail);
    assert_int_equal(message.kind, CLIENT_HELLO);
    return &message.hello.pad;
}

/* ---- memory ---- */

static inline int let_go(void **state)
{
    (void)state;
    client_decoder_deinit(&decoder);
    return 0;
}

#endif
