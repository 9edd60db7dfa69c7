/* member_servers.h - servers that share a database, for tests of who lives and who is declared dead. They are
 * processes, the test program once more, so that they can be stopped and killed; each
 * says on its standard output what its store is told. main() gives a child to
 * be_a_server() when there are four arguments, and runs the tests between make_tables() and
 * end_postgres(). */
#ifndef KOLABPAD_TESTS_MEMBER_SERVERS_H
#define KOLABPAD_TESTS_MEMBER_SERVERS_H

#include "store/postgres/boot_clock.h"
#include "store/postgres/members.h"
#include "store/postgres/schema.h"
#include "support/pg_proxy.h"
#include "support/postgres.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_MS = 2000, PATIENCE_MS = 20000 };

static struct postgres pg;

/* In the place of the machine's: it can be put forward. */
static atomic_llong clock_offset_us;
int64_t boot_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 + atomic_load(&clock_offset_us);
}

static inline int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* ---- a server, as a process ---------------------------------------------------- */

static struct known_database known = {.lock = PTHREAD_MUTEX_INITIALIZER};
static const char *const event_names[STORE_EVENT_COUNT] = {
    [STORE_EVENT_WAITING] = "waiting", [STORE_EVENT_LOCKED] = "locked",   [STORE_EVENT_DEAD] = "dead",
    [STORE_EVENT_PEERS] = "peers",     [STORE_EVENT_PROMISE] = "promise",
};

static inline void print_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                               struct slice id, const char *text)
{
    (void)arg;
    (void)duration_us;
    (void)id;
    if (!event_names[event]) /* what happens all the time */
        return;
    printf("%s %u %s\n", event_names[event], count, text);
    fflush(stdout);
}

/* Lane 0 gets no answers, for ten seconds by now, and beats do. */
static inline void fall_silent(struct members *m)
{
    members_note_answer(m, LANE_APPENDS, false);
    for (int seconds = 0; seconds < 10; seconds += 2) {
        atomic_fetch_add(&clock_offset_us, 2 * 1000000);
        sleep_ms(LEASE_MS / 4 + 200);
        members_note_answer(m, LANE_APPENDS, false);
    }
}

/* For ten seconds the database has answered nothing. */
static inline void miss_ten_seconds(struct members *m)
{
    members_note_answer(m, LANE_APPENDS, false);
    atomic_fetch_add(&clock_offset_us, 10 * 1000000);
    members_note_answer(m, LANE_APPENDS, false);
}

/* Commands: drain, silent, outage, rejoin N, lease, who. */
static inline void obey(struct members *m, const char *line)
{
    if (strcmp(line, "drain") == 0) {
        members_set_draining(m);
    } else if (strcmp(line, "silent") == 0) {
        fall_silent(m);
    } else if (strcmp(line, "outage") == 0) {
        miss_ten_seconds(m);
    } else if (strncmp(line, "rejoin ", 7) == 0) {
        members_rejoin(m, (uint32_t)atoi(line + 7));
    } else if (strcmp(line, "lease") == 0) {
        printf("lease %" PRId64 "\n", members_lease_left_ms(m));
    } else if (strcmp(line, "who") == 0) {
        struct life life = members_life(m);
        printf("who %" PRIu64 " %u %d\n", life.incarnation, life.number, life.is_over);
    }
    fflush(stdout);
}

static inline int be_a_server(char **argv)
{
    struct store_config config = {
        .address = slice_from_cstr(argv[2]),
        .lease_ms = atoi(argv[3]),
        .version = SLICE("1.2.3"),
        .on_event = print_event,
    };
    char message[MESSAGE_BYTES], line[128];
    struct members *m;
    if (members_open(&config, argv[1], &known, &m, message) != OK) {
        printf("refused %s\n", message);
        return 0;
    }
    printf("open %" PRIu64 "\n", members_life(m).incarnation);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        obey(m, line);
    }
    members_close(m);
    printf("closed\n");
    return 0;
}

struct server {
    pid_t pid;
    int in, out;
    char text[4096]; /* what it has said and nobody has looked at */
    uint64_t incarnation;
};

static inline void launch(struct server *s, const char *url, const char *address, int lease_ms)
{
    int in[2], out[2];
    char lease[16];
    snprintf(lease, sizeof lease, "%d", lease_ms);
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    *s = (struct server){.in = in[1], .out = out[0], .pid = fork()};
    if (s->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl("/proc/self/exe", "server", url, address, lease, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
}

/* Waits for a line that begins so, and drops it and all before it. The rest of the line;
 * NULL: there was none in time. */
static inline const char *hear_within(struct server *s, const char *word, int64_t ms)
{
    static char rest[1024];
    const int64_t until_ms = now_ms() + ms;
    for (;;) {
        for (char *end; (end = strchr(s->text, '\n'));) {
            *end = '\0';
            const bool is_it = strncmp(s->text, word, strlen(word)) == 0;
            snprintf(rest, sizeof rest, "%s", is_it ? s->text + strlen(word) : "");
            memmove(s->text, end + 1, strlen(end + 1) + 1);
            if (is_it)
                return rest;
        }
        struct pollfd ready = {.fd = s->out, .events = POLLIN};
        const int64_t left_ms = until_ms - now_ms();
        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) != 1)
            return NULL;
        const size_t len = strlen(s->text);
        const ssize_t n = read(s->out, s->text + len, sizeof s->text - 1 - len);
        if (n <= 0)
            return NULL;
        s->text[len + (size_t)n] = '\0';
    }
}

static inline const char *hear(struct server *s, const char *word)
{
    const char *rest = hear_within(s, word, PATIENCE_MS);
    if (!rest)
        fail_msg("no \"%s\" was heard", word);
    return rest;
}

static inline const char *ask(struct server *s, const char *line, const char *word)
{
    dprintf(s->in, "%s\n", line);
    return hear(s, word);
}

static inline void start_at(struct server *s, const char *url, const char *address, int lease_ms)
{
    launch(s, url, address, lease_ms);
    s->incarnation = strtoull(hear(s, "open "), NULL, 10);
}

static inline void start(struct server *s, const char *address)
{
    start_at(s, pg.uri, address, LEASE_MS);
}

static inline void end(struct server *s, int signal)
{
    if (signal)
        kill(s->pid, signal);
    close(s->in);
    assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
    close(s->out);
}

/* "1" and the like: what the database says about a server. */
static inline const char *is_dead(const struct server *s)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM kp_nodes WHERE dead_at IS NOT NULL AND incarnation = %" PRIu64,
             s->incarnation);
    return postgres_sql(&pg, sql);
}

/* How long it took until the others have declared it dead. */
static inline int64_t ms_until_dead(const struct server *s)
{
    const int64_t from_ms = now_ms();
    while (strcmp(is_dead(s), "1") != 0) {
        assert_true(now_ms() - from_ms < PATIENCE_MS);
        sleep_ms(50);
    }
    return now_ms() - from_ms;
}

/* ---- the database, of all tests ------------------------------------------------ */

static inline int make_tables(void **state)
{
    (void)state;
    struct pg_config bare = {.url = pg.uri};
    struct store_config config = {0};
    struct pg_connection c;
    char message[MESSAGE_BYTES];
    signal(SIGPIPE, SIG_IGN);
    postgres_init(&pg, NULL);
    bare.url = pg.uri;
    postgres_sql(&pg, "GRANT CREATE ON SCHEMA public TO kolabpad");
    pg_init(&c, &bare);
    assert_int_equal(pg_open(&c, "setup"), REPLY_OK);
    assert_int_equal(pg_schema_prepare(&c, &config, message), OK);
    pg_close(&c);
    return 0;
}

static inline int end_postgres(void **state)
{
    (void)state;
    postgres_deinit(&pg);
    return 0;
}

static inline int forget_lives(void **state)
{
    (void)state;
    postgres_sql(&pg, "DELETE FROM kp_placement; DELETE FROM kp_nodes");
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, forget_lives)

#endif
