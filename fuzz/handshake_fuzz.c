/* link: kp_net kp_core kp_alloc */
/* Everything that reads HTTP text: escapes, lists, tags, addresses, the head of a
 * request, the handshake.
 * The input is cut at newlines into fields. */
#include "net/address.h"
#include "net/content_coding.h"
#include "net/etag.h"
#include "net/handshake.h"
#include "net/header_list.h"
#include "net/http.h"
#include "net/mime.h"
#include "net/request_head.h"
#include "net/security_headers.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 6 };

static void must_hold(bool belief)
{
    if (!belief)
        abort();
}

static struct slice take_field(struct slice *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    struct slice field = end ? slice_of(rest->ptr, (size_t)(end - rest->ptr)) : *rest;

    *rest = slice_from(*rest, end ? field.len + 1 : field.len);
    return field;
}

static void escapes(struct slice raw)
{
    struct buf out = {0};

    if (http_percent_decode(raw, &out))
        must_hold(out.len <= raw.len);
    else
        must_hold(out.len == 0);
    buf_deinit(&out);
}

static void lists(struct slice list)
{
    static const bool all[CODING_COUNT] = {true, true, true};
    struct slice rest = list;
    struct header_item item;

    while (header_list_next(&rest, &item)) {
        must_hold(item.name.len > 0 && item.quality >= 0 && item.quality <= QUALITY_MAX);
        must_hold(header_list_has(list, item.name));
    }
    must_hold(content_coding_choose(list, all) < CODING_COUNT);
}

/* An address that was read is written so that it reads the same. */
static void addresses(struct slice text)
{
    char formatted[ADDRESS_TEXT_MAX];
    struct address a, again;
    struct network n;

    if (address_parse(text, &a)) {
        size_t len = address_format(a, formatted);
        must_hold(address_parse(slice_of(formatted, len), &again) && address_equal(a, again));
    }
    if (network_parse(text, &n))
        must_hold(n.bits <= 128 && network_contains(n, n.prefix));
}

static void proxies(struct slice x_forwarded_for)
{
    struct network trusted;
    struct address peer = {{0}};

    must_hold(network_parse(SLICE("10.0.0.0/8"), &trusted) && address_parse(SLICE("10.0.0.1"), &peer));
    (void)address_behind_proxies(peer, x_forwarded_for, &trusted, 1);
}

static void add(void *arg, const char *name, const char *value)
{
    (void)arg;
    must_hold(name[0] && !strpbrk(value, "\r\n"));
}

static void handshakes(const struct slice fields[FIELDS])
{
    struct handshake h = {.method = SLICE("GET"),
                          .upgrade = fields[0],
                          .connection = fields[1],
                          .version = fields[2],
                          .key = fields[3]};
    char accept[HANDSHAKE_ACCEPT_CHARS + 1];

    (void)handshake_offers(fields[4], SLICE("kolabpad.v2"));
    if (handshake_check(&h))
        return;
    handshake_accept(h.key, accept);
    must_hold(strlen(accept) == HANDSHAKE_ACCEPT_CHARS);
}

static void tags(struct slice list)
{
    if (etag_list_has(list, SLICE("\"a-1\""), ETAG_STRONG))
        must_hold(etag_list_has(list, SLICE("\"a-1\""), ETAG_WEAK));
}

/* The fields are header lines; the layout of the library is not there to be looked at. */
static void heads(const struct slice fields[FIELDS])
{
    struct head h;

    head_begin(&h, SLICE("POST"), fields[0], NULL, SLICE("HTTP/1.1"));
    for (int i = 1; i < FIELDS; i++) {
        const char *colon = fields[i].len > 0 ? memchr(fields[i].ptr, ':', fields[i].len) : NULL;
        size_t name_len = colon ? (size_t)(colon - fields[i].ptr) : 0;
        if (colon)
            head_field(&h, slice_of(fields[i].ptr, name_len), slice_from(fields[i], name_len + 1));
    }
    if (head_end(&h, 0))
        return;
    must_hold(h.host.ptr && is_authority(h.host));
    must_hold(!h.coding.ptr || (!h.length.ptr && h.codings == 1 && h.chunked == 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of(data, size), fields[FIELDS];
    const struct page_policy policy = {.framers = SLICE("https://a.example"), .has_remote_images = true};

    for (int i = 0; i < FIELDS; i++) {
        fields[i] = take_field(&rest);
        escapes(fields[i]);
        lists(fields[i]);
        addresses(fields[i]);
        proxies(fields[i]);
        tags(fields[i]);
        (void)mime_type(fields[i]);
        security_headers_each(&policy, fields[i], true, add, NULL);
    }
    handshakes(fields);
    heads(fields);
    return 0;
}
