#include "api/comment_author.h"

#include "api/author.h"
#include "base/hash.h"
#include "base/id128.h"
#include "guard/digest.h"

#include <string.h>

enum {
    HUES = 360,
    ID_BYTES = COMMENT_ID_CHARS * 3 / 4, /* of which base64url makes COMMENT_ID_CHARS */
    HALF_CHARS = COMMENT_ID_CHARS / 2,
};

/* ---- who ---- */

static bool read_hue(struct slice digits, uint16_t *out)
{
    uint32_t hue = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || hue >= HUES)
            return false;
        hue = hue * 10 + (uint32_t)(digits.ptr[i] - '0');
    }
    *out = (uint16_t)hue;
    return digits.len > 0 && hue < HUES;
}

static enum error take_hue(const struct http_request *request, struct comment_author *out)
{
    struct slice hue = http_header(request, "X-Author-Hue");
    if (!hue.ptr)
        hue = http_query(request, "hue");
    out->hue = (uint16_t)(hash_bytes(0, out->name) % HUES);
    return !hue.ptr || read_hue(hue, &out->hue) ? OK : ERR_BAD_AUTHOR;
}

static void digest_to_id(const struct slice *parts, size_t count, char out[COMMENT_ID_CHARS])
{
    const struct id128 digest = digest_of(parts, count);
    base64url_encode(slice_of(digest.bytes, ID_BYTES), out);
}

/* With the document's id in it, so that nobody can tell that two documents have an author in common. */
static enum error take_key(const struct http_request *request, struct slice id, struct comment_author *out)
{
    const struct slice token = http_header(request, "X-Author-Token");
    const struct slice parts[] = {SLICE("comment author"), id, token};
    struct id128 decoded;
    if (!token.ptr)
        return OK;
    if (!id128_decode(token, &decoded))
        return ERR_BAD_AUTHOR;
    out->has_key = true;
    digest_to_id(parts, sizeof(parts) / sizeof(parts[0]), out->key);
    return OK;
}

enum error comment_author_of(const struct http_request *request, struct slice id, struct buf *name,
                             struct comment_author *out)
{
    *out = (struct comment_author){0};
    enum error err = author_name(request, name);
    if (!err && name->len == 0)
        err = buf_append(name, SLICE("Anonymous"));
    if (err)
        return err;
    out->name = buf_slice(name);
    err = take_hue(request, out);
    return err ? err : take_key(request, id, out);
}

/* ---- once ---- */

enum error comment_id_of(const struct http_request *request, struct slice id, struct slice thread,
                         char out[COMMENT_ID_CHARS], bool *has_id)
{
    struct slice key;
    enum error err = author_key(request, &key);
    *has_id = !err && key.ptr;
    if (!*has_id)
        return err;
    const struct slice of_key[] = {SLICE("comment"), id, key};
    const struct slice of_request[] = {thread, request->body};
    char whole[COMMENT_ID_CHARS];
    digest_to_id(of_key, sizeof(of_key) / sizeof(of_key[0]), whole);
    memcpy(out, whole, HALF_CHARS);
    digest_to_id(of_request, sizeof(of_request) / sizeof(of_request[0]), whole);
    memcpy(out + HALF_CHARS, whole, HALF_CHARS);
    return OK;
}
