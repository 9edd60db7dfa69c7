/* process.h - the processor time and memory of another process. */
#ifndef KOLABPAD_BENCH_PROCESS_H
#define KOLABPAD_BENCH_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* User and system time that all threads of the process have used. */
int64_t process_cpu_ns(pid_t pid);

/* The same of a process with all its children, those that have ended included; in steps of
 * the kernel's clock tick. PostgreSQL is such a family. */
int64_t process_family_cpu_ns(pid_t pid);

/* Resident memory, as /proc/PID/status gives it. */
int64_t process_rss_bytes(pid_t pid);

/* Sends the signal and waits for the end: nanoseconds. Not only for children. */
int64_t process_end_ns(pid_t pid, int signal_number);

#endif
