#include "observe/crash.h"

#include "observe/log.h"
#include "observe/stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HANDLER_STACK_BYTES = 64 * 1024, NAME_BYTES = 16, ADDRESS_CHARS = 20, FRAMES_SHOWN = 12 };

static const struct fatal {
    int number;
    const char *name;
} fatal[] = {
    {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGILL, "SIGILL"}, {SIGFPE, "SIGFPE"}, {SIGABRT, "SIGABRT"}};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0] };

/* Of each thread, set by crash_watch_thread; the handler runs on the stack. */
static _Thread_local char thread_name[NAME_BYTES] = "unnamed";
static _Thread_local _Alignas(16) char handler_stack[HANDLER_STACK_BYTES];

static const char *name_of(int number)
{
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal[i].number == number)
            return fatal[i].name;
    return "signal";
}

/* snprintf is not among the functions that a handler may call. */
static size_t put_hex(char out[ADDRESS_CHARS], uintptr_t value)
{
    char digits[2 * sizeof value];
    size_t count = 0, len = 2;

    do
        digits[count++] = "0123456789abcdef"[value & 15];
    while ((value >>= 4) != 0);
    memcpy(out, "0x", 2);
    while (count > 0)
        out[len++] = digits[--count];
    return len;
}

static size_t put_stack(char out[FRAMES_SHOWN * ADDRESS_CHARS])
{
    uintptr_t frames[STACK_FRAMES_MAX];
    const size_t depth = stack_capture(frames, 2);
    size_t len = 0;

    for (size_t i = 0; i < depth && i < FRAMES_SHOWN; i++) {
        if (i > 0)
            out[len++] = ' ';
        len += put_hex(out + len, stack_offset(frames[i]));
    }
    return len;
}

static size_t put_error(char out[64], int number, const siginfo_t *info)
{
    const char *name = name_of(number);
    size_t len = strlen(name);

    memcpy(out, name, len);
    if (info->si_code > 0 && number != SIGABRT) { /* the kernel's: it knows the address */
        memcpy(out + len, " at ", 4);
        len += 4 + put_hex(out + len + 4, (uintptr_t)info->si_addr);
    }
    return len;
}

static void report(int number, const siginfo_t *info)
{
    char error[64], stack[FRAMES_SHOWN * ADDRESS_CHARS];
    const struct log_field fields[] = {
        LOG_STR("error", slice_of(error, put_error(error, number, info))),
        LOG_CSTR("thread", thread_name),
        LOG_STR("stack", slice_of(stack, put_stack(stack))),
    };

    log_crash(LOG_ERROR, SLICE("panic_recovered"), fields, sizeof fields / sizeof fields[0]);
}

/* SA_RESETHAND has reset the handler by now, so raise() ends the process, and so
 * does a second fault inside this function. Of several threads that crash at once,
 * the first reports. */
static void on_fatal(int number, siginfo_t *info, void *context)
{
    static atomic_flag reported = ATOMIC_FLAG_INIT;

    (void)context;
    if (!atomic_flag_test_and_set(&reported))
        report(number, info);
    raise(number);
}

void crash_watch(void)
{
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};

    stack_prepare();
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        struct sigaction present;
        if (sigaction(fatal[i].number, NULL, &present) == 0 && present.sa_handler == SIG_DFL)
            sigaction(fatal[i].number, &action, NULL); /* else a sanitizer or a debugger watches already */
    }
}

void crash_watch_thread(const char *name)
{
    const stack_t own = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    stack_t present;

    snprintf(thread_name, sizeof thread_name, "%s", name);
    if (getpid() != gettid()) /* the main thread's name is the program's */
        pthread_setname_np(pthread_self(), thread_name);
    if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE))
        sigaltstack(&own, NULL); /* a sanitizer's is left to it: it unmaps what it finds */
}
