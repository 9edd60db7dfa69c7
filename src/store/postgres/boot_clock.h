/* boot_clock.h - microseconds of a clock that goes on while the machine sleeps, and
 * that nobody can set. Leases are measured with it: the others' time goes on, too. */
#ifndef KOLABPAD_STORE_POSTGRES_BOOT_CLOCK_H
#define KOLABPAD_STORE_POSTGRES_BOOT_CLOCK_H

#include <stdint.h>

/* Alone in its file, so that a test can put its own clock in its place. */
int64_t boot_us(void);

#endif
