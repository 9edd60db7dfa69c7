/* mem.h - the four functions the compiler itself may call, declared.
 *
 * All the core needs of a C library. The server links its libc's, the browser
 * module those of wasm/mem.c. None of them may be given NULL, not even with
 * a count of zero. */
#ifndef KOLABPAD_BASE_MEM_H
#define KOLABPAD_BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count_bytes);
void *memmove(void *to, const void *from, size_t count_bytes);
void *memset(void *to, int byte, size_t count_bytes);
int memcmp(const void *a, const void *b, size_t count_bytes);

#endif
