/* ws_client.h - the client's side of WebSocket, by hand, for tests that want
 * to send what no client would. */
#ifndef KOLABPAD_TESTS_WS_CLIENT_H
#define KOLABPAD_TESTS_WS_CLIENT_H

#include "base/buf.h"

#include <stdlib.h>

enum { FIN = 0x80, RSV1 = 0x40, TEXT = 1, BINARY = 2, CONTINUATION = 0, CLOSE = 8, PING = 9, PONG = 10 };

static inline void must(enum error err)
{
    if (err)
        abort();
}

static inline void put_byte(struct buf *out, unsigned byte)
{
    must(buf_append_byte(out, (uint8_t)byte));
}

/* A masked frame; `first` is FIN and the opcode. */
static inline void put_frame(struct buf *out, unsigned first, struct slice payload)
{
    static const uint8_t mask[4] = {0x11, 0xa2, 0x33, 0xc4};

    put_byte(out, first);
    if (payload.len < 126) {
        put_byte(out, 0x80u | (unsigned)payload.len);
    } else if (payload.len < 65536) {
        put_byte(out, 0x80u | 126);
        put_byte(out, (unsigned)(payload.len >> 8));
        put_byte(out, (unsigned)(payload.len & 0xff));
    } else {
        put_byte(out, 0x80u | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            put_byte(out, (unsigned)((uint64_t)payload.len >> shift) & 0xff);
    }
    for (size_t i = 0; i < 4; i++)
        put_byte(out, mask[i]);
    for (size_t i = 0; i < payload.len; i++)
        put_byte(out, (unsigned)((uint8_t)payload.ptr[i] ^ mask[i % 4]));
}

/* `count` times the same byte, in static memory. */
static inline struct slice repeated(char byte, size_t count)
{
    static char bytes[512 * 1024];

    if (count > sizeof bytes)
        abort();
    for (size_t i = 0; i < count; i++)
        bytes[i] = byte;
    return slice_of(bytes, count);
}

#endif
