#include "peer.h"

#include "base/id128.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void peer_open(struct fleet *fleet, struct peer *peer, enum dialect dialect, const char *pad,
               uint64_t user_id, uint32_t keep_length)
{
    *peer = (struct peer){.dialect = dialect, .user_id = user_id, .keep_length = keep_length};
    client_open(fleet, &peer->client, pad);
}

void peer_on_open(struct peer *peer)
{
    if (peer->dialect == DIALECT_RELAY) {
        peer->joined = true;
        peer->length = peer->keep_length;
        return;
    }
    struct id128 token;
    char token_text[ID128_CHARS], hello[256];
    if (getrandom(&token, sizeof token, 0) != sizeof token)
        die("getrandom failed");
    id128_encode(token, token_text);
    int len = snprintf(hello, sizeof hello,
                       "{\"Hello\":{\"client\":\"%.*s\",\"otp\":null,\"epoch\":null,\"revision\":0,"
                       "\"name\":\"bench\",\"hue\":180}}",
                       ID128_CHARS, token_text);
    client_send(&peer->client, slice_of(hello, (size_t)len));
}

/* ---- reading: just enough JSON for messages of a known shape ---- */

/* Moves *at behind `key`; false when it does not come any more. */
static bool skip_to(struct slice *at, struct slice key)
{
    const char *found = memmem(at->ptr, at->len, key.ptr, key.len);
    if (!found)
        return false;
    *at = slice_from(*at, (size_t)(found - at->ptr) + key.len);
    return true;
}

static char next_char(struct slice *at)
{
    if (at->len == 0)
        die("a message ends early");
    char c = at->ptr[0];
    *at = slice_from(*at, 1);
    return c;
}

static uint64_t read_number(struct slice *at)
{
    uint64_t number = 0;
    while (at->len > 0 && isdigit((unsigned char)at->ptr[0]))
        number = number * 10 + (uint64_t)(next_char(at) - '0');
    return number;
}

/* Characters up to the closing quote. */
static uint32_t read_string_length(struct slice *at)
{
    const char *end = memchr(at->ptr, '"', at->len);
    if (!end)
        die("a string without an end");
    size_t length = (size_t)(end - at->ptr);
    *at = slice_from(*at, length + 1);
    return (uint32_t)length;
}

static uint64_t field(struct slice message, struct slice key)
{
    if (!skip_to(&message, key))
        die("no %.*s in a message", (int)key.len, key.ptr);
    return read_number(&message);
}

/* An operation's components up to `]`: the length of its result. */
static uint32_t read_operation(struct slice *at)
{
    uint32_t length = 0;
    for (;;) {
        char c = next_char(at);
        if (c == ']')
            return length;
        if (c == '"') {
            length += read_string_length(at);
        } else if (c == '-') {
            read_number(at);
        } else if (isdigit((unsigned char)c)) {
            *at = slice_of(at->ptr - 1, at->len + 1);
            length += (uint32_t)read_number(at);
        }
    }
}

static struct news read_history(struct peer *peer, struct slice message)
{
    struct news news = {0};
    uint64_t start = field(message, SLICE("\"start\":"));
    if (peer->dialect == DIALECT_V2 && start != peer->revision)
        die("history from %llu, but at %llu", (unsigned long long)start, (unsigned long long)peer->revision);
    while (skip_to(&message, SLICE("\"id\":"))) {
        bool own = read_number(&message) == peer->user_id;
        skip_to(&message, SLICE("\"operation\":["));
        peer->length = read_operation(&message);
        news.operations++;
        news.acknowledged |= own;
    }
    peer->revision += news.operations;
    if (news.acknowledged)
        peer->waiting = false;
    return news;
}

static bool begins(struct slice text, struct slice with)
{
    return text.len >= with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

struct news peer_on_text(struct peer *peer, struct slice text)
{
    if (begins(text, SLICE("{\"History\"")))
        return read_history(peer, text);
    if (begins(text, SLICE("{\"Welcome\""))) {
        peer->user_id = field(text, SLICE("\"user_id\":"));
    } else if (begins(text, SLICE("{\"Snapshot\""))) {
        peer->revision = field(text, SLICE("\"revision\":"));
        if (!skip_to(&text, SLICE("\"text\":\"")))
            die("a snapshot without text");
        peer->length = read_string_length(&text);
    } else if (begins(text, SLICE("{\"Users\""))) {
        peer->joined = true;
        return (struct news){.joined = true};
    } else if (begins(text, SLICE("{\"Rejected\"")) || begins(text, SLICE("{\"Storage\""))) {
        die("%.*s", (int)text.len, text.ptr);
    }
    return (struct news){0};
}

/* ---- writing ---- */

static int print_operation(char *to, size_t size, const struct peer *peer, uint32_t count)
{
    uint32_t after = peer->length + count;
    uint32_t excess = after > peer->keep_length ? after - peer->keep_length : 0;
    uint32_t deleted = excess < peer->length ? excess : peer->length;
    uint32_t kept = peer->length - deleted;
    int len = snprintf(to, size, "[\"");
    memset(to + len, 'x', count);
    len += (int)count;
    len += snprintf(to + len, size - (size_t)len, "\"");
    if (deleted > 0)
        len += snprintf(to + len, size - (size_t)len, ",-%u", deleted);
    if (kept > 0)
        len += snprintf(to + len, size - (size_t)len, ",%u", kept);
    return len + snprintf(to + len, size - (size_t)len, "]");
}

void peer_edit(struct peer *peer, uint32_t count)
{
    const size_t size = count + 256;
    char *message = malloc(size);
    if (!message)
        die("no memory");
    int len =
        peer->dialect == DIALECT_V2
            ? snprintf(message, size,
                       "{\"Edit\":{\"revision\":%llu,\"operation\":", (unsigned long long)peer->revision)
            : snprintf(message, size,
                       "{\"History\":{\"start\":%llu,\"operations\":[{\"id\":%llu,\"operation\":",
                       (unsigned long long)peer->revision, (unsigned long long)peer->user_id);
    len += print_operation(message + len, size - (size_t)len, peer, count);
    len += snprintf(message + len, size - (size_t)len, peer->dialect == DIALECT_V2 ? "}}" : "}]}}");
    peer->waiting = true;
    client_send(&peer->client, slice_of(message, (size_t)len));
    free(message);
}
