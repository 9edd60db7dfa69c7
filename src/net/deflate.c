/* RFC 7692, sections 7.1 (the offer) and 7.2 (the payload). */
#include "net/deflate.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "net/header_list.h"

#include <string.h>
#include <zlib.h>

enum {
    RAW_WINDOW = -15, /* zlib's way to ask for DEFLATE without a header */
    WINDOW_BITS_MIN = 8,
    WINDOW_BITS_MAX = 15,
    MEMORY_LEVEL = 8,
    STEP_BYTES = 16 * 1024, /* by which an unpacked message grows */
    FLUSH_BYTES = 16,       /* what a flush may add to the bound of zlib: an empty block, and bits */
};

/* A flushed block ends so. Senders leave it off, receivers put it back. */
static const struct slice tail = {"\x00\x00\xff\xff", 4};

/* ---- the offer ---- */

const struct slice deflate_accepted = {
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover", 74};

static const char *const parameters[] = {"server_no_context_takeover", "client_no_context_takeover",
                                         "server_max_window_bits", "client_max_window_bits"};
enum { SERVER_TAKEOVER, CLIENT_TAKEOVER, SERVER_WINDOW, CLIENT_WINDOW, PARAMETERS };

static int parameter_of(struct slice name)
{
    int i = 0;

    while (i < PARAMETERS && !slice_equal(name, slice_from_cstr(parameters[i])))
        i++;
    return i;
}

/* A value may stand in quotes. */
static struct slice unquoted(struct slice value)
{
    bool is_quoted = value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"';

    return is_quoted ? slice_of(value.ptr + 1, value.len - 2) : value;
}

/* "8" to "15"; 0 for anything else. */
static int window_bits(struct slice value)
{
    int bits = 0;

    if (value.len == 0 || value.len > 2 || value.ptr[0] == '0')
        return 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return 0;
        bits = bits * 10 + (value.ptr[i] - '0');
    }
    return bits >= WINDOW_BITS_MIN && bits <= WINDOW_BITS_MAX ? bits : 0;
}

/* Is the value one that we can agree to? Without one, ptr is NULL. */
static bool is_agreeable(int parameter, struct slice value)
{
    switch (parameter) {
    case SERVER_TAKEOVER:
    case CLIENT_TAKEOVER:
        return value.ptr == NULL;
    case SERVER_WINDOW:
        return window_bits(unquoted(value)) == WINDOW_BITS_MAX;
    case CLIENT_WINDOW:
        return value.ptr == NULL || window_bits(unquoted(value)) != 0;
    default:
        return false;
    }
}

static bool can_take(struct slice offer)
{
    bool seen[PARAMETERS] = {false};

    while (offer.len > 0) {
        struct slice value = header_take_until(&offer, ';');
        bool has_value = memchr(value.ptr, '=', value.len) != NULL;
        int parameter = parameter_of(header_take_until(&value, '='));
        if (!is_agreeable(parameter, has_value ? trim_blanks(value) : (struct slice){0}) || seen[parameter])
            return false;
        seen[parameter] = true;
    }
    return true;
}

bool deflate_is_offered(struct slice extensions)
{
    while (extensions.len > 0) {
        struct slice offer = header_take_until(&extensions, ',');
        struct slice name = header_take_until(&offer, ';');
        if (slice_equal(name, SLICE("permessage-deflate")) && can_take(offer))
            return true;
    }
    return false;
}

/* ---- unpacking ---- */

struct inflater {
    z_stream z;
};

static enum error inflater_make(struct inflater **out)
{
    struct inflater *made = mem_alloc(sizeof *made);

    if (!made)
        return ERR_NO_MEMORY;
    *made = (struct inflater){0};
    if (inflateInit2(&made->z, RAW_WINDOW) != Z_OK) {
        mem_free(made);
        return ERR_NO_MEMORY;
    }
    *out = made;
    return OK;
}

void inflater_free(struct inflater *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->z);
    mem_free(inflater);
}

/* Makes room for the next piece, which may go one byte beyond `max`: only then is
 * it known that there is more. */
static enum error give_room(z_stream *z, size_t left, struct buf *out)
{
    size_t step = left < STEP_BYTES ? left + 1 : STEP_BYTES;
    enum error err = buf_reserve(out, step);

    if (err)
        return err;
    z->next_out = (Bytef *)out->ptr + out->len;
    z->avail_out = (uInt)step;
    return OK;
}

/* Unpacks what is in z->next_in. Which may be several streams: a block that is
 * marked as the last one is allowed (7.2.3.5), and the tail comes behind it. */
static enum error inflate_some(z_stream *z, size_t *left, struct buf *out)
{
    for (;;) {
        enum error err = give_room(z, *left, out);
        if (err)
            return err;
        uInt room = z->avail_out;
        int status = inflate(z, Z_SYNC_FLUSH);
        size_t unpacked = room - z->avail_out;
        if (status == Z_MEM_ERROR)
            return ERR_NO_MEMORY;
        if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END)
            return ERR_BAD_MESSAGE;
        if (unpacked > *left)
            return ERR_MESSAGE_TOO_LARGE;
        out->len += unpacked;
        *left -= unpacked;
        if (status == Z_STREAM_END && inflateReset(z) != Z_OK)
            return ERR_BAD_MESSAGE;
        if (z->avail_in == 0 && z->avail_out > 0)
            return OK;
    }
}

static enum error inflate_part(z_stream *z, struct slice part, size_t *left, struct buf *out)
{
    z->next_in = (z_const Bytef *)(uintptr_t)part.ptr;
    z->avail_in = (uInt)part.len;
    return inflate_some(z, left, out);
}

/* After the tail nothing may be open: a block that was cut off swallows the tail as
 * its own bytes, and zlib is in the middle of something. */
static bool is_between_blocks(const z_stream *z)
{
    enum { BETWEEN_BLOCKS = 128, BITS_IN_USE = 63 };

    return (z->data_type & BETWEEN_BLOCKS) != 0 && (z->data_type & BITS_IN_USE) == 0;
}

enum error inflate_message(struct inflater **inflater, struct slice payload, size_t max, struct buf *out)
{
    if (!*inflater && inflater_make(inflater))
        return ERR_NO_MEMORY;
    z_stream *z = &(*inflater)->z;
    size_t left = max;
    ASSERT(payload.len <= UINT32_MAX);
    if (inflateReset(z) != Z_OK)
        return ERR_BAD_MESSAGE;
    enum error err = inflate_part(z, payload, &left, out);
    if (!err)
        err = inflate_part(z, tail, &left, out);
    if (!err && !is_between_blocks(z))
        err = ERR_BAD_MESSAGE;
    return err;
}

/* ---- packing ---- */

struct deflater {
    z_stream z;
};

static enum error deflater_make(struct deflater **out)
{
    struct deflater *made = mem_alloc(sizeof *made);

    if (!made)
        return ERR_NO_MEMORY;
    *made = (struct deflater){0};
    if (deflateInit2(&made->z, Z_BEST_SPEED, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        mem_free(made);
        return ERR_NO_MEMORY;
    }
    *out = made;
    return OK;
}

void deflater_free(struct deflater *deflater)
{
    if (!deflater)
        return;
    deflateEnd(&deflater->z);
    mem_free(deflater);
}

enum error deflate_message(struct deflater **deflater, struct slice message, struct buf *out)
{
    if (!*deflater && deflater_make(deflater))
        return ERR_NO_MEMORY;
    z_stream *z = &(*deflater)->z;
    ASSERT(message.len <= UINT32_MAX / 2);
    deflateReset(z);
    size_t room = deflateBound(z, message.len) + FLUSH_BYTES;
    if (buf_reserve(out, room))
        return ERR_NO_MEMORY;
    z->next_in = (z_const Bytef *)(uintptr_t)message.ptr;
    z->avail_in = (uInt)message.len;
    z->next_out = (Bytef *)out->ptr + out->len;
    z->avail_out = (uInt)room;
    int status = deflate(z, Z_SYNC_FLUSH);
    size_t packed = room - z->avail_out;
    ASSERT(status == Z_OK && z->avail_in == 0 && packed >= tail.len);
    out->len += packed - tail.len;
    return OK;
}
