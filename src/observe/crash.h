/* crash.h - the crash report: the signal that ends the process, and where it was.
 *
 *   error: panic_recovered error="SIGSEGV at 0x0" thread=shard-1 stack="0x1a2b 0x3c4d …"
 *
 * then the default action, so that the supervisor sees the signal and a core
 * is written where that is configured. `addr2line -fie kolabpad-server 0x1a2b …`
 * turns the stack into functions and lines. The name of the event is the
 * founding document's; what recovers is the service that starts anew.
 *
 * The handler allocates nothing and waits for no lock: the log's is tried, and
 * what it guards is given up when somebody holds it. */
#ifndef KOLABPAD_OBSERVE_CRASH_H
#define KOLABPAD_OBSERVE_CRASH_H

/* For the process, once, on the main thread. */
void crash_watch(void);

/* Names the calling thread, in the log of a crash, in /debug and in top(1), and
 * gives it a stack of its own for the handler: so an overflow of the thread's
 * is reported as well. At most 15 bytes. */
void crash_watch_thread(const char *name);

#endif
