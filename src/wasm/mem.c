/* The four mem functions, where there is no C library to have them. (The build
 * gives the first three their builtin names everywhere else.)
 *
 * A bulk memory instruction is as fast as it gets for a whole text, but costs
 * a call into the engine, which is too much for the few bytes of a keystroke. */
#undef memcpy
#undef memmove
#undef memset

#include "base/mem.h"

enum { BULK_MIN_BYTES = 64 };

/* Keeps the compiler from making the loops below the calls that they are. */
#define NO_BUILTIN __attribute__((no_builtin))

/* The two may overlap when `to` is the lower. */
NO_BUILTIN static void *copy_upwards(void *to, const void *from, size_t count_bytes)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    while (count_bytes-- > 0)
        *out++ = *in++;
    return to;
}

NO_BUILTIN void *memcpy(void *restrict to, const void *restrict from, size_t count_bytes)
{
    if (count_bytes >= BULK_MIN_BYTES)
        return __builtin_memcpy(to, from, count_bytes);
    return copy_upwards(to, from, count_bytes);
}

NO_BUILTIN void *memmove(void *to, const void *from, size_t count_bytes)
{
    unsigned char *out = (unsigned char *)to + count_bytes;
    const unsigned char *in = (const unsigned char *)from + count_bytes;

    if (count_bytes >= BULK_MIN_BYTES)
        return __builtin_memmove(to, from, count_bytes);
    if (to <= from)
        return copy_upwards(to, from, count_bytes);
    while (count_bytes-- > 0)
        *--out = *--in;
    return to;
}

void *memset(void *to, int byte, size_t count_bytes)
{
    return __builtin_memset(to, byte, count_bytes);
}

int memcmp(const void *a, const void *b, size_t count_bytes)
{
    const unsigned char *left = a, *right = b;

    for (; count_bytes > 0; count_bytes--, left++, right++)
        if (*left != *right)
            return *left - *right;
    return 0;
}
