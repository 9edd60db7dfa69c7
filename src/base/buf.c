#include "base/buf.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/mem.h"

enum { CAP_MIN = 16 };

void buf_deinit(struct buf *b)
{
    mem_free(b->ptr);
    *b = (struct buf){0};
}

enum error buf_reserve(struct buf *b, size_t more_bytes)
{
    if (more_bytes <= b->cap - b->len)
        return OK;
    if (more_bytes > SIZE_MAX / 4 - b->len) /* so that no sum below overflows */
        return ERR_NO_MEMORY;

    /* Growing by half at least makes appending byte by byte O(1) amortised. */
    size_t cap = b->len + more_bytes;
    if (cap < b->cap + b->cap / 2)
        cap = b->cap + b->cap / 2;
    if (cap < CAP_MIN)
        cap = CAP_MIN;

    char *grown = mem_realloc(b->ptr, cap);
    if (!grown)
        return ERR_NO_MEMORY;
    b->ptr = grown;
    b->cap = cap;
    return OK;
}

void buf_shrink(struct buf *b)
{
    if (b->len == b->cap)
        return;
    if (b->len == 0) {
        buf_deinit(b);
        return;
    }
    char *smaller = mem_realloc(b->ptr, b->len);
    if (!smaller)
        return; /* it stays larger than it need be, which is harmless */
    b->ptr = smaller;
    b->cap = b->len;
}

enum error buf_append(struct buf *b, struct slice bytes)
{
    if (bytes.len == 0)
        return OK;

    enum error err = buf_reserve(b, bytes.len);
    if (err)
        return err;
    memcpy(b->ptr + b->len, bytes.ptr, bytes.len);
    b->len += bytes.len;
    return OK;
}

enum error buf_append_byte(struct buf *b, uint8_t byte)
{
    enum error err = buf_reserve(b, 1);
    if (err)
        return err;
    b->ptr[b->len++] = (char)byte;
    return OK;
}

enum error buf_append_varint(struct buf *b, uint64_t value)
{
    enum error err = buf_reserve(b, varint_size(value));
    if (err)
        return err;
    b->len += varint_write(b->ptr + b->len, value);
    return OK;
}

void buf_drop_front(struct buf *b, size_t count_bytes)
{
    ASSERT(count_bytes <= b->len);
    if (count_bytes == 0)
        return;
    b->len -= count_bytes;
    memmove(b->ptr, b->ptr + count_bytes, b->len);
}

struct slice buf_release(struct buf *b)
{
    struct slice bytes = buf_slice(b);

    *b = (struct buf){0};
    return bytes;
}

bool varint_read(struct slice bytes, size_t *at, uint64_t *value)
{
    uint64_t sum = 0;

    for (size_t i = *at, shift = 0; i < bytes.len && shift < 64; i++, shift += 7) {
        uint64_t low = (uint8_t)bytes.ptr[i] & 0x7f;
        if (shift == 63 && low > 1) /* the tenth byte has room for the 64th bit only */
            return false;
        sum |= low << shift;
        if ((uint8_t)bytes.ptr[i] < 0x80) {
            *at = i + 1;
            *value = sum;
            return true;
        }
    }
    return false;
}

size_t varint_size(uint64_t value)
{
    size_t size = 1;

    while (value >>= 7)
        size++;
    return size;
}

size_t varint_write(char *to, uint64_t value)
{
    size_t size = 0;

    for (; value >= 0x80; value >>= 7)
        to[size++] = (char)(value | 0x80);
    to[size++] = (char)value;
    return size;
}
