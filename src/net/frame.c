#include "net/frame.h"

#include "base/alloc.h"
#include "base/assert.h"

#include <string.h>

enum {
    FIN = 0x80,
    HEADER_MAX = 10,
    LEN_16 = 126, /* the length is in the next two bytes */
    LEN_64 = 127, /* … in the next eight */
    LEN_7_MAX = 125
};

static size_t write_big_endian(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    return bytes;
}

/* Writes the shortest form, as RFC 6455 demands; returns the header's length. */
static size_t write_header(uint8_t to[HEADER_MAX], unsigned opcode, size_t len)
{
    to[0] = (uint8_t)(FIN | opcode);
    if (len <= LEN_7_MAX) {
        to[1] = (uint8_t)len;
        return 2;
    }
    if (len <= UINT16_MAX) {
        to[1] = LEN_16;
        return 2 + write_big_endian(to + 2, len, 2);
    }
    to[1] = LEN_64;
    return 2 + write_big_endian(to + 2, len, 8);
}

enum error frame_append_message(struct buf *out, unsigned opcode, struct slice payload)
{
    uint8_t header[HEADER_MAX];
    size_t header_len = write_header(header, opcode, payload.len);

    ASSERT((opcode & ~WS_COMPRESSED) == WS_TEXT || payload.len <= LEN_7_MAX);
    if (payload.len > UINT32_MAX - HEADER_MAX)
        return ERR_NO_MEMORY; /* no frame could hold it */
    enum error err = buf_reserve(out, header_len + payload.len);
    if (err)
        return err;
    (void)buf_append(out, slice_of(header, header_len)); /* room was reserved for both */
    return buf_append(out, payload);
}

struct frame *frame_new(struct slice bytes)
{
    if (bytes.len > UINT32_MAX)
        return NULL;
    struct frame *f = mem_alloc(sizeof *f + bytes.len);
    if (!f)
        return NULL;
    f->refs = 1;
    f->len = (uint32_t)bytes.len;
    if (bytes.len > 0)
        memcpy(f->bytes, bytes.ptr, bytes.len);
    return f;
}

struct frame *frame_ref(struct frame *f)
{
    f->refs++;
    return f;
}

void frame_unref(struct frame *f)
{
    if (f && --f->refs == 0)
        mem_free(f);
}
