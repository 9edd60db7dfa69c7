/* alloc.h - where memory comes from.
 *
 * The core (base, text, ot, pad) calls these and nothing else of a C library, so
 * that it runs in the browser too; the rest of the server calls them so that tests
 * can let any allocation fail. The program that links them provides one
 * implementation: alloc_libc.c in the server, wasm/heap.c in the browser,
 * tests/support/alloc_faulty.c where a test wants the nth allocation to fail.
 *
 * Each returns NULL when there is no memory, and every caller handles that.
 * mem_realloc(NULL, n) allocates; mem_free(NULL) does nothing. Sizes are in
 * bytes and never zero. Safe from any thread (the browser has only one). */
#ifndef KOLABPAD_BASE_ALLOC_H
#define KOLABPAD_BASE_ALLOC_H

#include <stddef.h>

void *mem_alloc(size_t size_bytes);
void *mem_realloc(void *ptr, size_t size_bytes);
void mem_free(void *ptr);

#endif
