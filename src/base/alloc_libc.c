/* The allocator of the server: malloc of the C library. */
#include "base/alloc.h"

#include <stdlib.h>

void *mem_alloc(size_t size_bytes)
{
    return malloc(size_bytes);
}

void *mem_realloc(void *ptr, size_t size_bytes)
{
    return realloc(ptr, size_bytes);
}

void mem_free(void *ptr)
{
    free(ptr);
}
