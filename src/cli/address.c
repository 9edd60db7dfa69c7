/* address.c - see the header. The rules of what follows the "#" are those of
 * frontend/src/session/address.ts. */
#include "cli/address.h"

#include "base/percent.h"
#include "text/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { HTTP_PORT = 80, HTTPS_PORT = 443, PORT_MAX = 65535, DELETE = 0x7f, CONTINUED = 0x80 };

static bool copy_part(struct slice from, char *to, size_t size)
{
    if (from.len >= size || memchr(from.ptr, '\0', from.len))
        return false;
    if (from.len > 0)
        memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
    return true;
}

static size_t find(struct slice s, const char *any_of)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr(any_of, s.ptr[i]))
            return i;
    return s.len;
}

static bool begins_with(struct slice s, struct slice start)
{
    return s.len >= start.len && memcmp(s.ptr, start.ptr, start.len) == 0;
}

/* ---- what follows the "#" ---- */

/* The length of the escaped character at the beginning of `s`, decoded into
 * `out`; 0 when there is none: then a "%" is a "%". */
static size_t escaped_character(struct slice s, char out[4], size_t *bytes)
{
    size_t at = 0, n = 0, wanted = 1;
    do {
        int byte = at < s.len ? percent_escape(slice_from(s, at)) : -1;
        if (byte < 0)
            return 0;
        if (n == 0 && byte >= CONTINUED)
            wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        out[n++] = (char)byte;
        at += PERCENT_ESCAPE_BYTES;
    } while (n < wanted);
    *bytes = n;
    return utf8_check(slice_of(out, n), NULL) ? 0 : at;
}

/* Decodes into `to`; false when it is longer. */
static bool decode(struct slice from, bool plus_is_space, char *to, size_t size)
{
    size_t len = 0;
    for (size_t at = 0; at < from.len;) {
        char character[4] = {0};
        size_t bytes = 1, taken = escaped_character(slice_from(from, at), character, &bytes);
        if (taken == 0) {
            character[0] = from.ptr[at];
            if (plus_is_space && character[0] == '+')
                character[0] = ' ';
            taken = bytes = 1;
        }
        if (len + bytes >= size || memchr(character, '\0', bytes))
            return false;
        memcpy(to + len, character, bytes);
        len += bytes;
        at += taken;
    }
    to[len] = '\0';
    return true;
}

static const char *problem_of_id(const char *id)
{
    if (id[0] == '\0')
        return "it names no pad: the name stands behind the \"#\"";
    if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
        return "no pad is called \".\" or \"..\"";
    for (const char *c = id; *c; c++) {
        if (*c == '/')
            return "the name of a pad has no \"/\"";
        if ((unsigned char)*c < ' ' || *c == DELETE)
            return "the name of a pad has no control characters";
    }
    return utf8_check(slice_from_cstr(id), NULL) ? "the name of a pad is UTF-8" : NULL;
}

/* Where "&otp=…" or "?otp=…" begins that ends the hash; its length when there is none. */
static size_t password_at(struct slice hash)
{
    size_t from = hash.len;
    while (from > 0 && hash.ptr[from - 1] != '&')
        from--;
    from -= from > 0; /* the last "&", or the beginning */
    if (begins_with(slice_from(hash, from), SLICE("&otp=")))
        return from;
    for (size_t at = from; at < hash.len; at++)
        if (begins_with(slice_from(hash, at), SLICE("?otp=")))
            return at;
    return hash.len;
}

static bool parse_link(struct slice token, struct address *out, const char **problem)
{
    struct id128 id;
    if (!id128_decode(token, &id)) {
        *problem = "the token of a link has 22 characters; copy the whole address";
        return false;
    }
    out->kind = ADDRESS_LINK;
    return copy_part(token, out->link, sizeof(out->link));
}

/* Takes "&owner=…" off the end of the hash. */
static struct slice without_owner(struct slice hash, struct address *out)
{
    const struct slice mark = SLICE("&owner=");
    struct id128 id;
    if (hash.len < mark.len + ID128_CHARS)
        return hash;
    struct slice end = slice_from(hash, hash.len - mark.len - ID128_CHARS);
    if (!begins_with(end, mark) || !id128_decode(slice_from(end, mark.len), &id))
        return hash;
    copy_part(slice_from(end, mark.len), out->owner, sizeof(out->owner));
    return (struct slice){hash.ptr, hash.len - end.len};
}

static bool parse_hash(struct slice hash, struct address *out, const char **problem)
{
    hash = without_owner(hash, out);
    const struct slice link = SLICE("/link/");
    if (begins_with(hash, link))
        return parse_link(slice_from(hash, link.len), out, problem);
    size_t end = password_at(hash);
    out->kind = ADDRESS_PAD;
    if (end < hash.len && !decode(slice_from(hash, end + 5), true, out->password, sizeof(out->password))) {
        *problem = "its password is longer than any";
        return false;
    }
    if (!decode((struct slice){hash.ptr, end}, false, out->id, sizeof(out->id))) {
        *problem = "the name of a pad has 128 bytes at most";
        return false;
    }
    return !(*problem = problem_of_id(out->id));
}

/* ---- what stands before it ---- */

static bool parse_scheme(struct slice *rest, struct address *out)
{
    if (begins_with(*rest, SLICE("https://"))) {
        out->is_secure = true;
        *rest = slice_from(*rest, 8);
        return true;
    }
    if (!begins_with(*rest, SLICE("http://")))
        return false;
    *rest = slice_from(*rest, 7);
    return true;
}

static bool parse_port(struct slice digits, struct address *out)
{
    uint32_t port = 0;
    out->port = out->is_secure ? HTTPS_PORT : HTTP_PORT;
    if (digits.len == 0)
        return true;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || port > PORT_MAX)
            return false;
        port = port * 10 + (uint32_t)(digits.ptr[i] - '0');
    }
    out->port = (uint16_t)port;
    return port > 0 && port <= PORT_MAX;
}

static bool is_host_character(char c)
{
    return c > ' ' && c != DELETE && !strchr("\"<>\\^`{|}%", c);
}

/* "host", "host:port", "[::1]:port" */
static bool parse_authority(struct slice authority, struct address *out, const char **problem)
{
    bool bracketed = authority.len > 0 && authority.ptr[0] == '[';
    size_t end = bracketed ? find(authority, "]") : find(authority, ":");
    struct slice host = {authority.ptr + bracketed, end - (bracketed && end > 0)};
    size_t after = end + (bracketed && end < authority.len);
    struct slice port = slice_from(authority, after);
    *problem = "its host cannot be read";
    if (memchr(authority.ptr, '@', authority.len)) {
        *problem = "a user and a password before the host are not understood";
        return false;
    }
    if (host.len == 0 || (bracketed && end == authority.len) || (port.len > 0 && port.ptr[0] != ':'))
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_character(host.ptr[i]))
            return false;
    if (!parse_port(port.len > 0 ? slice_from(port, 1) : port, out)) {
        *problem = "its port is no number from 1 to 65535";
        return false;
    }
    return copy_part(host, out->host, sizeof(out->host));
}

/* The folder that a browser takes relative addresses from. */
static bool parse_path(struct slice path, bool is_folder, struct address *out, const char **problem)
{
    while (!is_folder && path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    bool needs_slash = path.len == 0 || path.ptr[path.len - 1] != '/';
    for (size_t i = 0; i < path.len; i++) {
        if ((unsigned char)path.ptr[i] <= ' ' || path.ptr[i] == DELETE) {
            *problem = "its path has blanks or control characters";
            return false;
        }
    }
    *problem = "its path is too long";
    int len =
        snprintf(out->base, sizeof(out->base), "%.*s%s", (int)path.len, path.ptr, needs_slash ? "/" : "");
    return path.len < sizeof(out->base) && (size_t)len < sizeof(out->base);
}

/* Older addresses have the password in their query. */
static bool parse_query(struct slice query, struct address *out, const char **problem)
{
    while (query.len > 0) {
        query = slice_from(query, 1); /* the "?" or "&" */
        size_t end = find(query, "&");
        struct slice option = {query.ptr, end};
        if (begins_with(option, SLICE("otp=")) &&
            !decode(slice_from(option, 4), true, out->password, sizeof(out->password))) {
            *problem = "its password is longer than any";
            return false;
        }
        query = slice_from(query, end);
    }
    return true;
}

/* All but the hash. A server's own address names a folder also without the "/" at its end. */
static bool parse_location(struct slice text, bool is_folder, struct address *out, const char **problem)
{
    *problem = "an address begins with http:// or https://";
    if (!parse_scheme(&text, out))
        return false;
    size_t host_end = find(text, "/?");
    struct slice rest = slice_from(text, host_end);
    size_t path_end = find(rest, "?");
    return parse_authority((struct slice){text.ptr, host_end}, out, problem) &&
           parse_path((struct slice){rest.ptr, path_end}, is_folder, out, problem) &&
           parse_query(slice_from(rest, path_end), out, problem);
}

bool address_parse_server(const char *server, struct address *out, const char **problem)
{
    *out = (struct address){.kind = ADDRESS_SERVER};
    struct slice text = slice_from_cstr(server);
    text.len = find(text, "#");
    return parse_location(text, true, out, problem);
}

bool address_parse(const char *text, const char *server, struct address *out, const char **problem)
{
    struct slice whole = slice_from_cstr(text);
    *out = (struct address){0};
    if (strstr(text, "://") && strncmp(text, "#", 1) != 0) {
        size_t end = find(whole, "#");
        if (!parse_location((struct slice){whole.ptr, end}, false, out, problem))
            return false;
        return parse_hash(slice_from(whole, end + (end < whole.len)), out, problem);
    }
    *problem = "an address begins with http:// or https://; for a name alone, set KOLABPAD_URL";
    if (strstr(text, "/#") || !server || server[0] == '\0')
        return false;
    if (!address_parse_server(server, out, problem)) {
        *problem = "KOLABPAD_URL must be an address such as https://pad.example/";
        return false;
    }
    return parse_hash(slice_from(whole, whole.len > 0 && whole.ptr[0] == '#'), out, problem);
}

void address_hide(char *argument)
{
    char *hash = strchr(argument, '#');
    char *from = hash ? hash + 1 : strstr(argument, "://") ? strchr(argument, '?') : argument;
    if (from)
        memset(from, '*', strlen(from));
}

/* ---- make ---- */

void address_make_pad(struct address *a)
{
    enum { RANDOM_BYTES = 12 };
    uint8_t random[RANDOM_BYTES];
    size_t len;
    do {
        uv_random(NULL, NULL, random, sizeof(random), 0, NULL);
        len = base64url_encode(slice_of(random, sizeof(random)), a->id);
    } while (strchr("-_", a->id[0]) || strchr("-_", a->id[len - 1]));
    a->id[len] = '\0';
    a->kind = ADDRESS_PAD;
}

/* ---- print ---- */

enum error address_escape(struct slice text, struct buf *out)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
        bool is_plain = is_alnum || (c != 0 && strchr("-_.!~*'()", c));
        enum error err = buf_append(out, is_plain ? slice_of(&text.ptr[i], 1) : slice_of(escape, 3));
        if (err)
            return err;
    }
    return OK;
}

enum error address_print_server(const struct address *a, struct buf *out)
{
    char text[ADDRESS_PART_BYTES + 32];
    bool is_default = a->port == (a->is_secure ? HTTPS_PORT : HTTP_PORT);
    bool is_v6 = strchr(a->host, ':') != NULL;
    int len = snprintf(text, sizeof(text), "http%s://%s%s%s", a->is_secure ? "s" : "", is_v6 ? "[" : "",
                       a->host, is_v6 ? "]" : "");
    if (!is_default)
        len += snprintf(text + len, sizeof(text) - (size_t)len, ":%u", a->port);
    return buf_append(out, slice_of(text, (size_t)len));
}

enum error address_print(const struct address *a, struct slice id, struct buf *out)
{
    static const char hex[] = "0123456789ABCDEF";
    enum error err = address_print_server(a, out);
    err = err ? err : buf_append(out, slice_from_cstr(a->base));
    err = err ? err : buf_append(out, SLICE("#"));
    err = err ? err : address_escape(id, out);
    if (err)
        return err;
    uint8_t last = (uint8_t)out->ptr[out->len - 1];
    if (!strchr("-_.!~*'()", last))
        return OK;
    out->len--; /* chats take such a sign for the sentence's */
    char escape[3] = {'%', hex[last >> 4], hex[last & 15]};
    return buf_append(out, slice_of(escape, 3));
}
