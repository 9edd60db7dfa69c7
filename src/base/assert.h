/* assert.h - assertions, for the part that has no libc.
 *
 * ASSERT states what this program guarantees, never what a peer, a file or
 * the environment may get wrong: those are errors. A false one stops the
 * program where it stands (sanitizers and debuggers show the stack); with
 * NDEBUG it is not evaluated. */
#ifndef KOLABPAD_BASE_ASSERT_H
#define KOLABPAD_BASE_ASSERT_H

#ifdef NDEBUG
#define ASSERT(belief) ((void)sizeof(!(belief)))
#else
#define ASSERT(belief) ((belief) ? (void)0 : __builtin_trap())
#endif

#endif
