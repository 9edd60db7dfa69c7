/* main.c - the command line, the signals, start and stop. */
#include "app/healthcheck.h"
#include "app/lifecycle.h"
#include "app/sd_notify.h"
#include "app/watchdog.h"
#include "net/static_files.h"
#include "observe/clock.h"
#include "observe/crash.h"
#include "observe/log.h"
#include "store/copy.h"
#include "version.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, WATCHDOG_PART = 4, DRAIN_STEP_MS = 500 };

static sigset_t handled_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

/* Only this thread takes signals, and only in sigwait: threads made later
 * inherit the mask. */
static void block_signals(void)
{
    sigset_t set = handled_signals();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void exit_at_once(int signal_number)
{
    (void)signal_number;
    _exit(1);
}

static void let_second_signal_end(void)
{
    struct sigaction action = {.sa_handler = exit_at_once};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigset_t set = handled_signals();
    sigdelset(&set, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* While waiting for another server's lock. */
static bool was_told_to_stop(void *arg)
{
    (void)arg;
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

static void raise_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* The next signal; 0 when none came within the time. -1: however long it takes. */
static int next_signal(int64_t within_ms)
{
    sigset_t set = handled_signals();
    struct timespec within = {.tv_sec = within_ms / 1000, .tv_nsec = within_ms % 1000 * 1000000};
    for (;;) {
        int number = within_ms < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &within);
        if (number > 0)
            return number;
        if (errno == EAGAIN)
            return 0;
    }
}

static void reload(struct program *program, const struct sd_notify *notify)
{
    sd_notify_reloading(notify);
    log_reopen();
    static_files_reload(program->api.files);
    log_line(LOG_INFO, "Reopened the log");
    sd_notify_ready(notify, "Serving");
}

/* Until a signal says so. Meanwhile a watchdog hears from us as long as the
 * shards turn: asked twice as often as it expects, with time for the answer. */
static void wait_for_stop(struct program *program, const struct sd_notify *notify, struct watchdog *watchdog)
{
    for (;;) {
        int number = next_signal(notify->watchdog_ms > 0 ? notify->watchdog_ms / WATCHDOG_PART : -1);
        if (number == SIGHUP)
            reload(program, notify);
        else if (number != 0)
            return;
        else if (watchdog_probe(watchdog))
            sd_notify_alive(notify);
    }
}

/* Goes on serving for DRAIN_SECONDS, while balancers notice; another signal cuts it short. */
static void drain(struct program *program, const struct config *config, const struct sd_notify *notify,
                  struct watchdog *watchdog)
{
    program_drain(program);
    if (config->drain_ms == 0)
        return;
    log_line(LOG_INFO, "Draining for %lld seconds...", (long long)config->drain_ms / 1000);
    const int64_t until_ms = clock_ms() + config->drain_ms;
    for (int64_t left_ms; (left_ms = until_ms - clock_ms()) > 0;) {
        int64_t step_ms = left_ms < DRAIN_STEP_MS ? left_ms : DRAIN_STEP_MS;
        int number = next_signal(step_ms);
        if (number == SIGTERM || number == SIGINT)
            return;
        if (number == SIGHUP)
            reload(program, notify);
        else if (notify->watchdog_ms > 0 && watchdog_probe(watchdog))
            sd_notify_alive(notify);
    }
}

static int stop(struct program *program)
{
    int64_t flushed = program_stop(program);
    if (flushed < 0) {
        log_line(LOG_ERROR, "Shutdown could not write every document");
        return 1;
    }
    log_line(LOG_INFO, "Graceful shutdown complete - flushed %lld documents", (long long)flushed);
    return 0;
}

/* For the log: nothing of DATABASE_URL, which may hold a password. */
static const char *database_name(const struct config *config)
{
    if (config->database_url[0])
        return "PostgreSQL, as DATABASE_URL says";
    return config->sqlite_uri[0] ? config->sqlite_uri : "in memory only, nothing is kept";
}

static int serve(const struct config *config, const struct sd_notify *notify)
{
    static struct program program;
    struct watchdog *watchdog = NULL;
    char message[512];
    log_line(LOG_INFO, "Starting Kolabpad server...");
    log_line(LOG_INFO, "Version: %s (%s)", KOLABPAD_VERSION, KOLABPAD_COMMIT);
    log_line(LOG_INFO, "Port: %u", config->port);
    log_line(LOG_INFO, "Database: %s", database_name(config));
    enum error err = program_start(&program, config, was_told_to_stop, message);
    if (err == ERR_SHUTTING_DOWN)
        return 0;
    if (err) {
        log_line(LOG_ERROR, "%s", message);
        return EXIT_USAGE;
    }
    log_line(LOG_INFO, "Listening on :%u", http_port(program.http));
    if (watchdog_new(program.api.server, &watchdog)) {
        log_line(LOG_ERROR, "Out of memory");
        program_stop(&program);
        return EXIT_USAGE;
    }
    if (notify->listen_fd && http_port(program.http) != config->port)
        log_line(LOG_WARN, "The service manager's socket decides the port, not PORT=%u", config->port);
    if (sd_notify_can_keep(notify))
        sd_notify_keep(notify, http_share_socket(program.http));
    sd_notify_ready(notify, "Serving");
    wait_for_stop(&program, notify, watchdog);
    drain(&program, config, notify, watchdog);
    log_block_when_full();
    log_line(LOG_INFO, "Shutting down...");
    sd_notify_stopping(notify);
    let_second_signal_end();
    int status = stop(&program);
    watchdog_free(watchdog);
    return status;
}

static int run(const struct config *config)
{
    static struct config served;
    struct sd_notify notify;
    char message[512];
    crash_watch();
    crash_watch_thread("main");
    block_signals(); /* before the first thread: the log's */
    if (sd_notify_open(&notify, config->host, config->port, message)) {
        fprintf(stderr, "error: %s\n", message);
        return EXIT_USAGE;
    }
    served = *config;
    served.listen_fd = notify.listen_fd;
    struct log_config log = {
        .level = config->log_level, .format = config->log_format, .file = slice_from_cstr(config->log_file)};
    if (log_open(&log)) {
        fprintf(stderr, "error: cannot open LOG_FILE %s: %s\n", config->log_file, strerror(errno));
        return EXIT_USAGE;
    }
    raise_open_files();
    int status = serve(&served, &notify);
    log_close();
    sd_notify_close(&notify);
    return status;
}

/* ---- the command line ---- */

static int show_version(const struct config *config)
{
    (void)config;
    printf("kolabpad-server %s (%s)\n", KOLABPAD_VERSION, KOLABPAD_COMMIT);
    return 0;
}

static int show_help(const struct config *config)
{
    (void)config;
    printf("Usage: kolabpad-server [OPTION]\n\n"
           "Serves collaborative pads over HTTP and WebSocket.\n\n"
           "  --help           this text\n"
           "  --version        version and commit\n"
           "  --check-config   check the settings and exit: 0 good, 2 not\n"
           "  --healthcheck    ask the server on PORT how it is: 0 healthy, 1 not\n"
           "  --copy FROM TO   copy all pads into an empty database, each a SQLite file or\n"
           "                   a postgres:// URL, while no server runs: 0 done, 2 not\n\n"
           "Settings are environment variables:\n\n");
    config_print_help();
    return 0;
}

static int print_markdown(const struct config *config)
{
    (void)config;
    config_print_markdown();
    return 0;
}

static int print_env(const struct config *config)
{
    (void)config;
    config_print_env();
    return 0;
}

static int check_config(const struct config *config)
{
    (void)config;
    printf("The settings are good.\n");
    return 0;
}

static void print_line(const char *line)
{
    printf("%s\n", line);
}

/* Of two databases, not of the settings: those may name one of them or neither. */
static int copy(const char *from, const char *to)
{
    char message[MESSAGE_BYTES];
    signal(SIGPIPE, SIG_IGN);
    if (store_copy(slice_from_cstr(from), slice_from_cstr(to), print_line, message)) {
        fprintf(stderr, "error: %s\n", message);
        return EXIT_USAGE;
    }
    return 0;
}

static const struct option {
    const char *name;
    bool needs_config;
    int (*run)(const struct config *config);
} options[] = {
    {"--help", false, show_help},
    {"--version", false, show_version},
    {"--check-config", true, check_config},
    {"--healthcheck", true, healthcheck_run},
    {"--print-markdown", false, print_markdown}, /* for docs/configuration.md */
    {"--print-env", false, print_env},           /* for .env.example */
};

static const struct option *find_option(const char *name)
{
    static const struct option serving = {"", true, run};
    if (!name)
        return &serving;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

int main(int argc, char **argv)
{
    static struct config config;
    char message[512];
    if (argc > 1 && strcmp(argv[1], "--copy") == 0) {
        if (argc == 4)
            return copy(argv[2], argv[3]);
        fprintf(stderr, "error: --copy takes two databases: --copy FROM TO. Try --help.\n");
        return EXIT_USAGE;
    }
    const struct option *option = argc <= 2 ? find_option(argc == 2 ? argv[1] : NULL) : NULL;
    if (!option) {
        fprintf(stderr, "error: unknown option %s. Try --help.\n", argv[argc > 2 ? 2 : 1]);
        return EXIT_USAGE;
    }
    if (option->needs_config && config_load(&config, message)) {
        fprintf(stderr, "error: %s\n", message);
        return EXIT_USAGE;
    }
    return option->run(&config);
}
