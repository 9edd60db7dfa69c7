/* Reading a request: query, headers, the handshake. */
#include "base/percent.h"
#include "net/deflate.h"
#include "net/handshake.h"
#include "net/header_list.h"
#include "net/http_private.h"

#include <string.h>

/* ---- percent escapes ---- */

bool http_percent_decode(struct slice raw, struct buf *out)
{
    size_t len = out->len;

    if (buf_reserve(out, raw.len))
        return false;
    while (raw.len > 0) {
        bool is_escape = raw.ptr[0] == '%';
        int byte = is_escape ? percent_escape(raw) : (uint8_t)raw.ptr[0];
        if (byte < 0) {
            out->len = len;
            return false;
        }
        (void)buf_append_byte(out, (uint8_t)byte); /* there is room */
        raw = slice_from(raw, is_escape ? PERCENT_ESCAPE_BYTES : 1);
    }
    return true;
}

static bool is_unreserved(int byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void http_decode_unreserved(struct slice *path)
{
    char *to = (char *)path->ptr; /* the exchange's own copy */

    for (struct slice rest = *path; rest.len > 0;) {
        int byte = rest.ptr[0] == '%' ? percent_escape(rest) : -1;
        bool is_decoded = is_unreserved(byte);
        *to++ = is_decoded ? (char)byte : rest.ptr[0];
        rest = slice_from(rest, is_decoded ? PERCENT_ESCAPE_BYTES : 1);
    }
    path->len = (size_t)(to - path->ptr);
}

/* ---- the query ---- */

static struct slice take_until(struct slice *rest, char separator)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    struct slice taken = end ? slice_of(rest->ptr, (size_t)(end - rest->ptr)) : *rest;

    *rest = slice_from(*rest, end ? taken.len + 1 : taken.len);
    return taken;
}

/* Decodes a value as forms write them, with '+' for a space. A broken escape makes
 * it absent. `from` walks the raw text beside the decoded one, since a '+' that
 * was escaped stays a '+'. */
static struct slice decode_value(struct exchange *x, struct slice raw)
{
    struct buf text = {0};
    struct slice kept = {0};

    if (http_percent_decode(raw, &text)) {
        for (size_t i = 0, from = 0; i < text.len; i++) {
            bool is_plus = raw.ptr[from] == '+';
            if (is_plus)
                text.ptr[i] = ' ';
            from += raw.ptr[from] == '%' ? PERCENT_ESCAPE_BYTES : 1;
        }
        kept = exchange_keep(x, buf_slice(&text));
    }
    buf_deinit(&text);
    return kept;
}

struct slice http_query(const struct http_request *req, const char *name)
{
    struct exchange *x = exchange_of((struct http_request *)req);
    struct slice rest = x->query, wanted = slice_from_cstr(name);

    while (rest.len > 0) {
        struct slice value = take_until(&rest, '&');
        struct slice key = take_until(&value, '=');
        if (slice_equal(key, wanted) || (key.len > wanted.len && slice_equal(decode_value(x, key), wanted)))
            return decode_value(x, value);
    }
    return (struct slice){0};
}

struct slice http_raw_query(const struct http_request *req)
{
    return exchange_of((struct http_request *)req)->query;
}

/* ---- headers ---- */

struct header_search {
    struct slice name;
    struct slice first;     /* the first line, borrowed from the library; enough for most headers */
    struct buf joined;      /* all lines, as soon as there is a second one */
    bool is_joined, failed; /* `joined` is in use; there was no memory for it */
};

static enum MHD_Result on_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                 const char *value, size_t value_len)
{
    struct header_search *search = arg;
    struct slice this = trim_blanks(slice_of(value ? value : "", value_len));

    (void)kind;
    if (!ascii_equal_nocase(slice_of(name, name_len), search->name))
        return MHD_YES;
    if (!search->first.ptr) {
        search->first = this;
        return MHD_YES;
    }
    if (!search->is_joined && buf_append(&search->joined, search->first))
        search->failed = true;
    search->is_joined = true;
    if (buf_append(&search->joined, SLICE(", ")) || buf_append(&search->joined, this))
        search->failed = true;
    return MHD_YES;
}

/* A header that is sent several times is one list (RFC 9110, 5.3). Reading
 * only its first line would let a client hide what a proxy added behind. */
struct slice http_header(const struct http_request *req, const char *name)
{
    struct exchange *x = exchange_of((struct http_request *)req);
    struct header_search search = {.name = slice_from_cstr(name)};
    struct slice value;

    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, on_header, &search);
    value = search.first;
    if (search.is_joined)
        value = search.failed ? (struct slice){0} : exchange_keep(x, buf_slice(&search.joined));
    buf_deinit(&search.joined);
    return value;
}

/* ---- the handshake ---- */

enum error http_check_websocket(const struct http_request *req)
{
    const struct exchange *x = exchange_of((struct http_request *)req);
    struct handshake h = {
        .method = req->method,
        .upgrade = http_header(req, "Upgrade"),
        .connection = http_header(req, "Connection"),
        .version = http_header(req, "Sec-WebSocket-Version"),
        .key = http_header(req, "Sec-WebSocket-Key"),
    };

    return x->is_http_1_0 ? ERR_UPGRADE : handshake_check(&h); /* RFC 9110, 7.8 */
}

bool http_offers_compression(const struct http_request *req)
{
    return deflate_is_offered(http_header(req, "Sec-WebSocket-Extensions"));
}

bool http_offers_protocol(const struct http_request *req, struct slice protocol)
{
    return handshake_offers(http_header(req, "Sec-WebSocket-Protocol"), protocol);
}
