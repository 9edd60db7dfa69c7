#include "support/alloc_faulty.h"

#include "base/alloc.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static size_t until_failure, live_blocks, count;
static bool fails_on, has_failed;

void alloc_fail_from(size_t nth)
{
    until_failure = nth;
    fails_on = true;
    has_failed = false;
}

void alloc_fail_once(size_t nth)
{
    alloc_fail_from(nth);
    fails_on = false;
}

bool alloc_has_failed(void)
{
    return has_failed;
}

size_t alloc_live_blocks(void)
{
    return live_blocks;
}

size_t alloc_count(void)
{
    return count;
}

static bool is_to_fail(void)
{
    if (until_failure > 1)
        until_failure--;
    else if (until_failure == 1) {
        has_failed = true;
        until_failure = fails_on ? 1 : 0;
        return true;
    }
    return false;
}

void *mem_alloc(size_t size_bytes)
{
    if (size_bytes == 0)
        abort();
    if (is_to_fail())
        return NULL;
    count++;
    live_blocks++;
    return malloc(size_bytes);
}

void *mem_realloc(void *ptr, size_t size_bytes)
{
    void *moved = mem_alloc(size_bytes);
    size_t old_bytes = ptr ? malloc_usable_size(ptr) : 0;

    if (!moved)
        return NULL;
    if (ptr)
        memcpy(moved, ptr, old_bytes < size_bytes ? old_bytes : size_bytes);
    mem_free(ptr);
    return moved;
}

void mem_free(void *ptr)
{
    if (ptr)
        live_blocks--;
    free(ptr);
}
