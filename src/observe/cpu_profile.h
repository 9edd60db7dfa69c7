/* cpu_profile.h - which stacks use the processor, in the format of gperftools.
 *
 * While a profile runs, a timer counts the processor time of all threads, and
 * for each 10 ms of it the thread that is running notes its stack. When none runs,
 * it costs nothing. One at a time in a process.
 *
 * `pprof` and `go tool pprof` read the result. */
#ifndef KOLABPAD_OBSERVE_CPU_PROFILE_H
#define KOLABPAD_OBSERVE_CPU_PROFILE_H

#include "base/buf.h"

/* ERR_OVERLOADED: one is running; ERR_NO_MEMORY. */
enum error cpu_profile_start(void);
/* Stops it and appends the profile. ERR_NO_MEMORY: it is lost. */
enum error cpu_profile_stop(struct buf *out);

#endif
