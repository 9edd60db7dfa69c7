/* process.h - what the system says about this process.
 *
 * Linux: /proc and the cgroup file systems, version 2 and 1. Each value is
 * read afresh; one that cannot be read is 0. Any thread. */
#ifndef KOLABPAD_OBSERVE_PROCESS_H
#define KOLABPAD_OBSERVE_PROCESS_H

#include <stdint.h>

/* Resident memory. */
uint64_t process_memory_bytes(void);
/* The least of the limits that the control groups above us set and the
 * machine's memory. */
uint64_t process_memory_limit_bytes(void);
/* User and system time of all threads. */
uint64_t process_cpu_ms(void);
uint64_t process_open_files(void);
uint64_t process_threads(void);

#endif
