/* stack.h - where a thread is: the return addresses of its calls.
 *
 * Uses the compiler's unwinder and the tables it reads, takes no lock and
 * allocates nothing, so that signal handlers and the allocator may ask. */
#ifndef KOLABPAD_OBSERVE_STACK_H
#define KOLABPAD_OBSERVE_STACK_H

#include "base/buf.h"

enum { STACK_FRAMES_MAX = 48 };

/* The innermost first, without the `skip` innermost ones (stack_capture itself
 * does not count). In a signal handler: from the interrupted instruction on.
 * Returns how many. */
size_t stack_capture(uintptr_t frames[STACK_FRAMES_MAX], size_t skip);

/* Loads what the unwinder needs, so that the first capture does not have to.
 * Also notes where the program was loaded. Once, at the start. */
void stack_prepare(void);

/* The address as addr2line wants it: an offset into the program when it lies
 * in there; else as it is. */
uintptr_t stack_offset(uintptr_t address);

/* Appends /proc/self/maps, which the readers of profiles need to turn
 * addresses into names. */
enum error stack_append_maps(struct buf *out);

#endif
