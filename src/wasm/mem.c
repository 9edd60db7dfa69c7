/* The four mem functions, where there is no C library to have them. With bulk
 * memory the first three are one instruction each. (The build gives them their
 * builtin names everywhere else.) */
#undef memcpy
#undef memmove
#undef memset

#include "base/mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t count_bytes)
{
    return __builtin_memcpy(to, from, count_bytes);
}

void *memmove(void *to, const void *from, size_t count_bytes)
{
    return __builtin_memmove(to, from, count_bytes);
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
