#include "support/postgres.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCRIPT KP_TESTS_FOLDER "/support/postgres.sh"

enum { PATIENCE_MS = 60000 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* postgres.sh with these arguments; its exit status. */
static int script(const char *arguments)
{
    char command[5120];
    snprintf(command, sizeof command, SCRIPT " %s >/dev/null", arguments);
    return system(command);
}

bool postgres_is_installed(void)
{
    return script("where") == 0;
}

/* Below the ports that Linux gives to connections, so that it is still free when
 * the server is started again. */
static uint16_t free_port(void)
{
    static bool is_seeded;
    if (!is_seeded)
        srandom((unsigned)getpid());
    is_seeded = true;
    for (;;) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        address.sin_port = htons((uint16_t)(10240 + random() % 22528));
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        bool is_free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (is_free)
            return ntohs(address.sin_port);
    }
}

static bool answers(const struct postgres *pg)
{
    char command[4200];
    snprintf(command, sizeof command, SCRIPT " sql %u </dev/null >/dev/null 2>&1", pg->port);
    return system(command) == 0;
}

static pid_t spawn(const struct postgres *pg)
{
    char command[5120];
    snprintf(command, sizeof command, "exec " SCRIPT " run %s %u %s 2>>%s/log", pg->folder, pg->port,
             pg->settings, pg->folder);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_true(pid > 0);
    return pid;
}

void postgres_start(struct postgres *pg)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    pg->pid = spawn(pg);
    while (!answers(pg)) {
        if (now_ms() > until_ms)
            fail_msg("PostgreSQL does not answer; its log is %s/log", pg->folder);
        /* after kill -9 a new one refuses to start until the last process of the old one has gone */
        if (waitpid(pg->pid, NULL, WNOHANG) == pg->pid)
            pg->pid = spawn(pg);
        sleep_ms(50);
    }
}

static void make_folder(struct postgres *pg, const char *settings)
{
    *pg = (struct postgres){.port = free_port()};
    snprintf(pg->settings, sizeof pg->settings, "%s", settings ? settings : "");
    snprintf(pg->folder, sizeof pg->folder, "/tmp/kp_postgres_XXXXXX");
    assert_non_null(mkdtemp(pg->folder));
    snprintf(pg->uri, sizeof pg->uri, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg->port);
}

void postgres_init(struct postgres *pg, const char *settings)
{
    make_folder(pg, settings);
    char arguments[96];
    snprintf(arguments, sizeof arguments, "make %s", pg->folder);
    assert_int_equal(script(arguments), 0);
    postgres_start(pg);
}

void postgres_init_replica(struct postgres *pg, const struct postgres *primary, const char *name)
{
    make_folder(pg, primary->settings);
    char arguments[192];
    snprintf(arguments, sizeof arguments, "follow %s %u %s", pg->folder, primary->port, name);
    assert_int_equal(script(arguments), 0);
    postgres_start(pg);
}

const char *postgres_sql(const struct postgres *pg, const char *statements)
{
    static char line[512];
    char command[4400];
    char file[96];
    snprintf(file, sizeof file, "%s/sql", pg->folder);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(statements, out);
    fclose(out);
    snprintf(command, sizeof command, SCRIPT " sql %u <%s 2>&1", pg->port, file);
    FILE *answer = popen(command, "r");
    assert_non_null(answer);
    line[0] = '\0';
    while (fgets(line, sizeof line, answer))
        line[strcspn(line, "\n")] = '\0';
    if (pclose(answer) != 0)
        fail_msg("%s: %s", statements, line);
    return line;
}

static void end(struct postgres *pg, int signal)
{
    if (pg->pid == 0)
        return;
    kill(pg->pid, signal);
    assert_int_equal(waitpid(pg->pid, NULL, 0), pg->pid);
    pg->pid = 0;
}

void postgres_stop(struct postgres *pg)
{
    end(pg, SIGINT);
}

void postgres_kill(struct postgres *pg)
{
    end(pg, SIGKILL);
}

void postgres_promote(struct postgres *pg)
{
    char arguments[96];
    snprintf(arguments, sizeof arguments, "promote %s", pg->folder);
    assert_int_equal(script(arguments), 0);
}

void postgres_deinit(struct postgres *pg)
{
    end(pg, SIGQUIT);
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", pg->folder);
    assert_int_equal(system(command), 0);
}
