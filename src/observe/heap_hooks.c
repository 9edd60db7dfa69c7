/* heap_hooks.c - the C library's allocator, watched by heap_profile.
 *
 * A program may define malloc and its relatives; everything in the process then
 * calls these, the libraries included. They call glibc's own, whose names with
 * __libc_ exist for this. memalign and the like are left alone: their memory is
 * not sampled, and freed like any other.
 *
 * Linked into the server only, and not where a sanitizer brings its own. */
#include "observe/heap_profile.h"

#include <stdlib.h>

/* NOLINTBEGIN(bugprone-reserved-identifier): glibc reserved them for just this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *ptr, size_t size);
void __libc_free(void *ptr);
/* NOLINTEND(bugprone-reserved-identifier) */

void *malloc(size_t size)
{
    void *ptr = __libc_malloc(size);
    if (ptr)
        heap_profile_allocated(ptr, size);
    return ptr;
}

void *calloc(size_t count, size_t size)
{
    void *ptr = __libc_calloc(count, size);
    if (ptr)
        heap_profile_allocated(ptr, count * size);
    return ptr;
}

/* Counts as an allocation of all of the new size, so that the profile shows the
 * stack that made something grow. */
void *realloc(void *ptr, size_t size)
{
    heap_profile_freeing(ptr);
    void *moved = __libc_realloc(ptr, size);
    if (moved)
        heap_profile_allocated(moved, size);
    return moved;
}

void free(void *ptr)
{
    heap_profile_freeing(ptr);
    __libc_free(ptr);
}
