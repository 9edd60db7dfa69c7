/* thread.h - starting a thread of the store. */
#ifndef KOLABPAD_STORE_THREAD_H
#define KOLABPAD_STORE_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Signals are the main thread's: this one blocks them all, but for those that a thread
 * brings about itself. `name` is at most 15 bytes. False: it could not be started. */
static inline bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPROF};
    sigset_t all, before;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        pthread_setname_np(*thread, name);
    return !failed;
}

#endif
