/* One form for all: an IPv4 address is ::ffff:a.b.c.d, so comparing and matching
 * need no cases. */
#include "net/address.h"

#include "net/header_list.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { MAPPED_BITS = 96, LIMIT_BYTES = 8 /* a /64 */ };

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_ipv4(const struct address *a)
{
    return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static struct address from_ipv4(const void *four_bytes)
{
    struct address a;

    memcpy(a.bytes, mapped, sizeof mapped);
    memcpy(a.bytes + sizeof mapped, four_bytes, 4);
    return a;
}

bool address_parse(struct slice text, struct address *out)
{
    char cstr[ADDRESS_TEXT_MAX];
    struct in_addr v4;
    struct in6_addr v6;

    if (text.len == 0 || text.len >= sizeof cstr || memchr(text.ptr, '\0', text.len))
        return false;
    memcpy(cstr, text.ptr, text.len);
    cstr[text.len] = '\0';
    if (inet_pton(AF_INET, cstr, &v4) == 1) {
        *out = from_ipv4(&v4);
        return true;
    }
    if (inet_pton(AF_INET6, cstr, &v6) == 1) {
        memcpy(out->bytes, &v6, sizeof out->bytes);
        return true;
    }
    return false;
}

bool address_from_sockaddr(const struct sockaddr *sa, struct address *out)
{
    if (sa->sa_family == AF_INET) {
        *out = from_ipv4(&((const struct sockaddr_in *)(const void *)sa)->sin_addr);
        return true;
    }
    if (sa->sa_family == AF_INET6) {
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, sizeof out->bytes);
        return true;
    }
    return false;
}

size_t address_format(struct address a, char out[ADDRESS_TEXT_MAX])
{
    if (is_ipv4(&a))
        inet_ntop(AF_INET, a.bytes + sizeof mapped, out, ADDRESS_TEXT_MAX);
    else
        inet_ntop(AF_INET6, a.bytes, out, ADDRESS_TEXT_MAX);
    return strlen(out);
}

bool address_equal(struct address a, struct address b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

struct address address_limit_key(struct address a)
{
    if (!is_ipv4(&a))
        memset(a.bytes + LIMIT_BYTES, 0, sizeof a.bytes - LIMIT_BYTES);
    return a;
}

/* One to three digits, no sign, no blanks. */
static bool parse_bits(struct slice text, unsigned max, unsigned *out)
{
    unsigned value = 0;

    if (text.len == 0 || text.len > 3)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *out = value;
    return value <= max;
}

bool network_parse(struct slice text, struct network *out)
{
    const char *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    struct slice host = slash ? slice_of(text.ptr, (size_t)(slash - text.ptr)) : text;
    struct address prefix;

    if (!address_parse(host, &prefix))
        return false;
    /* The prefix of an IPv4 network counts behind the 96 bits that map it. */
    bool is_dotted = memchr(host.ptr, ':', host.len) == NULL;
    unsigned max = is_dotted ? 32 : 128;
    unsigned bits = max;
    if (slash && !parse_bits(slice_from(text, host.len + 1), max, &bits))
        return false;
    *out = (struct network){.prefix = prefix, .bits = (uint8_t)(is_dotted ? MAPPED_BITS + bits : bits)};
    return true;
}

bool network_contains(struct network n, struct address a)
{
    size_t whole = n.bits / 8;
    unsigned rest = n.bits % 8;

    if (memcmp(n.prefix.bytes, a.bytes, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xff00 >> rest);
    return ((n.prefix.bytes[whole] ^ a.bytes[whole]) & mask) == 0;
}

static bool is_trusted(struct address a, const struct network *trusted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (network_contains(trusted[i], a))
            return true;
    return false;
}

/* Cuts the last comma-separated entry off `*list`: proxies append. */
static struct slice take_last(struct slice *list)
{
    size_t at = list->len;

    while (at > 0 && list->ptr[at - 1] != ',')
        at--;
    struct slice last = slice_from(*list, at);
    list->len = at > 0 ? at - 1 : 0;
    return trim_blanks(last);
}

/* Cuts off the port, which some proxies add: "192.0.2.1:4711", "[2001:db8::1]:4711". */
static struct slice without_port(struct slice s)
{
    const char *close = s.len > 0 && s.ptr[0] == '[' ? memchr(s.ptr, ']', s.len) : NULL;

    if (close)
        return slice_of(s.ptr + 1, (size_t)(close - s.ptr) - 1);
    const char *colon = s.len > 0 ? memchr(s.ptr, ':', s.len) : NULL;
    const char *second = colon ? memchr(colon + 1, ':', s.len - (size_t)(colon + 1 - s.ptr)) : NULL;
    if (colon && !second)
        return slice_of(s.ptr, (size_t)(colon - s.ptr));
    return s;
}

struct address address_behind_proxies(struct address peer, struct slice x_forwarded_for,
                                      const struct network *trusted, size_t trusted_count)
{
    struct address client = peer;

    /* Each trusted proxy vouches for the entry that it appended, and for no more. */
    while (x_forwarded_for.len > 0 && is_trusted(client, trusted, trusted_count)) {
        struct address before;
        if (!address_parse(without_port(take_last(&x_forwarded_for)), &before))
            break;
        client = before;
    }
    return client;
}
