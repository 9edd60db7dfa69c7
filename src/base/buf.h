/* buf.h - owned, growable bytes.
 *
 *     struct buf b = {0};               the empty buffer, no allocation
 *     err = buf_append(&b, SLICE("…"));
 *     buf_deinit(&b);
 *
 * A zeroed struct is a valid empty buffer. Growth is geometric. Every function
 * that can fail returns ERR_NO_MEMORY and leaves the buffer as it was. Not
 * thread-safe; one owner. */
#ifndef KOLABPAD_BASE_BUF_H
#define KOLABPAD_BASE_BUF_H

#include "base/error.h"
#include "base/slice.h"

struct buf {
    char *ptr;
    size_t len; /* bytes in use */
    size_t cap; /* bytes allocated */
};

static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->ptr, b->len};
}

/* Frees the memory; the buffer is empty and usable again. */
void buf_deinit(struct buf *b);

/* Forgets the content, keeps the memory. */
static inline void buf_clear(struct buf *b)
{
    b->len = 0;
}

/* Makes room for `more_bytes` beyond len, so that the next appends of up to
 * that many bytes cannot fail. */
enum error buf_reserve(struct buf *b, size_t more_bytes);

/* Gives back the memory that is not in use. Cannot fail. */
void buf_shrink(struct buf *b);

enum error buf_append(struct buf *b, struct slice bytes);
enum error buf_append_byte(struct buf *b, uint8_t byte);

/* LEB128, seven bits a byte, low first: 1 to 10 bytes. */
enum error buf_append_varint(struct buf *b, uint64_t value);

/* Removes the first `count_bytes` bytes (at most len). */
void buf_drop_front(struct buf *b, size_t count_bytes);

/* Hands the memory over: the result is the caller's (mem_free), the buffer is
 * empty afterwards. */
struct slice buf_release(struct buf *b);

/* Reads a varint at *at and moves *at behind it. False, and *at unmoved, when
 * the bytes end early or the value does not fit 64 bits. */
bool varint_read(struct slice bytes, size_t *at, uint64_t *value);

/* The number of bytes buf_append_varint writes for `value`. */
size_t varint_size(uint64_t value);

enum { VARINT_SIZE_MAX = 10 };
/* Writes `value` at `to`, which has room for it; the number of bytes. */
size_t varint_write(char *to, uint64_t value);

#endif
