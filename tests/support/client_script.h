/* client_script.h - a client and what it hears and says, as a test writes them down. */
#ifndef KOLABPAD_TESTS_CLIENT_SCRIPT_H
#define KOLABPAD_TESTS_CLIENT_SCRIPT_H

#include "client/client.h"
#include "support/op_text.h"
#include "support/unit.h"

struct script {
    struct client *client;
    int64_t now_ms;
    uint32_t connection;
};

#define EPOCH_A "AAAAAAAAAAAAAAAAAAAAAA"
#define EPOCH_B "BAAAAAAAAAAAAAAAAAAAAA"

static inline void script_init(struct script *s, const struct client_config *config)
{
    *s = (struct script){.now_ms = 1000};
    assert_int_equal(client_new(config, &s->client), OK);
    client_advance(s->client, s->now_ms);
}

static inline void script_deinit(struct script *s)
{
    client_free(s->client);
}

static inline void later(struct script *s, int64_t ms)
{
    s->now_ms += ms;
    client_advance(s->client, s->now_ms);
}

/* The transport has made the connection that there should be. */
static inline void connect_now(struct script *s)
{
    s->connection = client_connection(s->client);
    assert_int_not_equal(s->connection, 0);
    client_connected(s->client, s->connection);
}

static inline void hear(struct script *s, const char *json)
{
    client_receive(s->client, s->connection, slice_from_cstr(json));
}

static inline void closed(struct script *s, unsigned code, const char *reason)
{
    client_disconnected(s->client, s->connection, code, slice_from_cstr(reason));
}

/* What it says next; "" when it says nothing. Valid until the next call. */
static inline const char *said(struct script *s)
{
    static char text[1 << 16];
    struct client_output out;
    if (!client_next_output(s->client, &out))
        return "";
    assert_true(out.json.len < sizeof text);
    memcpy(text, out.json.ptr, out.json.len);
    text[out.json.len] = '\0';
    assert_int_equal(out.is_edit, strncmp(text, "{\"Edit\"", 7) == 0);
    return text;
}

static inline void assert_says_nothing(struct script *s)
{
    assert_string_equal(said(s), "");
}

static inline void assert_says_hello(struct script *s, const char *part)
{
    const char *text = said(s);
    assert_memory_equal(text, "{\"Hello\":{", 10);
    if (!strstr(text, part))
        fail_msg("%s does not say %s", text, part);
}

/* A Welcome of user 3; `more` are further members with a comma behind them. */
static inline void welcome(struct script *s, const char *epoch, bool resumed, unsigned committed,
                           const char *more)
{
    char json[600];
    snprintf(json, sizeof json,
             "{\"Welcome\":{%s\"user_id\":3,\"epoch\":\"%s\",\"revision\":0,\"resumed\":%s,\"committed\":%u,"
             "\"limits\":{\"document_bytes\":1000,\"message_bytes\":2000},\"order\":\"author\"}}",
             more, epoch, resumed ? "true" : "false", committed);
    hear(s, json);
}

static inline void snapshot(struct script *s, unsigned revision, const char *text)
{
    char json[2000];
    snprintf(json, sizeof json, "{\"Snapshot\":{\"revision\":%u,\"text\":\"%s\"}}", revision, text);
    hear(s, json);
}

static inline void history(struct script *s, unsigned start, const char *operations)
{
    char json[2000];
    snprintf(json, sizeof json, "{\"History\":{\"start\":%u,\"operations\":[%s]}}", start, operations);
    hear(s, json);
}

/* An edit written as in op_text.h. */
static inline void type(struct script *s, const char *line)
{
    struct op op = {0};
    assert_int_equal(op_text_parse(line, &op), OK);
    assert_int_equal(client_edit(s->client, op_view(&op)), OK);
    op_deinit(&op);
}

static inline void assert_rope(const struct rope *rope, const char *expected)
{
    struct buf text = {0};
    assert_int_equal(rope_read(rope, 0, rope_size(rope).points, &text), OK);
    if (!slice_equal(buf_slice(&text), slice_from_cstr(expected)))
        fail_msg("the text is %.*s, not %s", (int)text.len, text.ptr ? text.ptr : "", expected);
    buf_deinit(&text);
}

static inline void assert_text(const struct script *s, const char *expected)
{
    assert_rope(client_text(s->client), expected);
}

/* What brings the shown text up to date, as in op_text.h; "" when nothing does. */
static inline void assert_change(struct script *s, const char *expected)
{
    struct op op = {0}, wanted = {0};
    bool has_change;
    assert_int_equal(client_take_change(s->client, &op, &has_change), OK);
    assert_int_equal(has_change, expected[0] != '\0');
    assert_int_equal(op_text_parse(expected, &wanted), OK);
    assert_true(op_equal(op_view(&op), op_view(&wanted)));
    op_deinit(&op);
    op_deinit(&wanted);
}

/* Brings the shown text up to date. */
static inline void show(struct script *s)
{
    struct op op = {0};
    bool has_change;
    assert_int_equal(client_take_change(s->client, &op, &has_change), OK);
    op_deinit(&op);
}

/* Up, with that text at revision 10, which is shown. */
static inline void join_with(struct script *s, const char *text)
{
    connect_now(s);
    assert_says_hello(s, "\"epoch\":null");
    welcome(s, EPOCH_A, false, 0, "\"access\":\"edit\",");
    snapshot(s, 10, text);
    assert_says_nothing(s);
    show(s);
}

#endif
