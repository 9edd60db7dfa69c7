/* alloc_faulty.h - memory that runs out when a test wants it to.
 *
 * A test links it by `faulty_alloc` instead of kp_alloc. Blocks are counted,
 * so that a test can also say that nothing leaked. Every realloc moves the
 * block, so that a pointer kept across it is noticed. */
#ifndef KOLABPAD_TESTS_ALLOC_FAULTY_H
#define KOLABPAD_TESTS_ALLOC_FAULTY_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the nth allocation fails (1: the next), and every one after it;
 * 0: none does. */
void alloc_fail_from(size_t nth);

/* Only the nth fails: what comes after may succeed. */
void alloc_fail_once(size_t nth);

/* Did one fail since the last of these two calls? */
bool alloc_has_failed(void);

/* Blocks allocated now, and allocations made since the program began. */
size_t alloc_live_blocks(void);
size_t alloc_count(void);

#endif
