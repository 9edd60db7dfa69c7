#include "api/author.h"

#include "guard/digest.h"
#include "guard/random.h"
#include "pad/pad.h"

enum { KEY_CHARS_MAX = 64 };

static enum error read_name(const struct http_request *request, struct buf *raw)
{
    struct slice header = http_header(request, "X-Author-Name");
    if (header.ptr)
        return http_percent_decode(header, raw) ? OK : ERR_BAD_NAME;
    return buf_append(raw, http_query(request, "name"));
}

enum error author_name(const struct http_request *request, struct buf *out)
{
    struct buf raw = {0};
    enum error err = read_name(request, &raw);
    if (!err)
        err = pad_clean_name(buf_slice(&raw), out);
    buf_deinit(&raw);
    return err == ERR_BAD_TEXT ? ERR_BAD_NAME : err;
}

enum error author_key(const struct http_request *request, struct slice *out)
{
    *out = http_header(request, "Idempotency-Key");
    if (!out->ptr)
        return OK;
    for (size_t i = 0; i < out->len; i++)
        if (out->ptr[i] < ' ' || out->ptr[i] > '~')
            return ERR_BAD_KEY;
    return out->len > 0 && out->len <= KEY_CHARS_MAX ? OK : ERR_BAD_KEY;
}

/* Two requests under one key are the same when they ask the same. Nobody chooses between two
 * names for one write, so the name is not asked. */
static struct id128 key_token(const struct http_request *request, struct slice id, struct slice key)
{
    const struct slice of_key[] = {SLICE("Idempotency-Key"), id, key};
    const struct slice of_request[] = {request->method,
                                       request->path,
                                       http_query(request, "at"),
                                       http_query(request, "raw"),
                                       http_query(request, "language"),
                                       request->body};
    return pad_key_token(digest_of(of_key, sizeof(of_key) / sizeof(of_key[0])),
                         digest_of(of_request, sizeof(of_request) / sizeof(of_request[0])));
}

/* An author is a name at an address, as long as this server runs: requests of the same one are one
 * person. */
static struct id128 name_token(const struct http_request *request, struct slice id, struct slice name)
{
    static struct id128 secret; /* of this process; the HTTP server's thread only */
    if (id128_is_zero(secret))
        secret = random_id();
    const struct address address = address_limit_key(request->client);
    const struct slice parts[] = {slice_of(secret.bytes, sizeof(secret.bytes)), id, name,
                                  slice_of(address.bytes, sizeof(address.bytes))};
    return digest_of(parts, sizeof(parts) / sizeof(parts[0]));
}

enum error author_of(const struct http_request *request, struct slice id, struct author *out)
{
    struct slice key;
    enum error err = author_key(request, &key);
    if (!err)
        err = author_name(request, &out->name);
    if (err)
        return err;
    out->has_key = key.ptr != NULL;
    out->token = name_token(request, id, buf_slice(&out->name));
    if (out->has_key)
        out->key = key_token(request, id, key);
    return OK;
}

enum error author_earlier(const struct author *author, const struct pad *pad, uint64_t *revision)
{
    const struct pad_client *earlier = author->has_key ? pad_find_key(pad, author->key) : NULL;
    *revision = 0;
    if (!earlier || earlier->committed_revision == 0) /* it was refused then, and nothing is known of it */
        return OK;
    *revision = earlier->committed_revision;
    return id128_equal(earlier->token, author->key) ? OK : ERR_KEY_REUSED;
}

void author_deinit(struct author *author)
{
    buf_deinit(&author->name);
}

static struct id128 of_key(struct slice what, struct slice secret, struct slice key)
{
    const struct slice parts[] = {what, secret, key};
    return digest_of(parts, sizeof(parts) / sizeof(parts[0]));
}

enum error author_new_id(const struct http_request *request, struct slice secret, char out[ID128_CHARS])
{
    struct slice key;
    enum error err = author_key(request, &key);
    if (!err)
        id128_encode(key.ptr ? of_key(SLICE("new document"), secret, key) : random_id(), out);
    return err;
}

bool author_owner_token(const struct http_request *request, struct slice secret, char out[ID128_CHARS])
{
    struct slice key;
    if (author_key(request, &key) || !key.ptr)
        return false;
    id128_encode(of_key(SLICE("owner"), secret, key), out);
    return true;
}
