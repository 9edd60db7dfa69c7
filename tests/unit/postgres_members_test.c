/* link: kp_store kp_alloc postgres pg_proxy pq */
/* Servers that share a database: who lives, who is declared dead, and by whom. The
 * servers are processes, this program once more, so that they can be stopped and
 * killed; each says on its standard output what its store is told. */
#include "store/postgres/boot_clock.h"
#include "store/postgres/members.h"
#include "store/postgres/registry.h"
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

/* ---- a server, as a process ---------------------------------------------------- */

static struct known_database known = {.lock = PTHREAD_MUTEX_INITIALIZER};
static const char *const event_names[STORE_EVENT_COUNT] = {
    [STORE_EVENT_WAITING] = "waiting", [STORE_EVENT_LOCKED] = "locked",   [STORE_EVENT_DEAD] = "dead",
    [STORE_EVENT_PEERS] = "peers",     [STORE_EVENT_PROMISE] = "promise",
};

static void print_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
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
static void fall_silent(struct members *m)
{
    members_note_answer(m, LANE_APPENDS, false);
    for (int seconds = 0; seconds < 10; seconds += 2) {
        atomic_fetch_add(&clock_offset_us, 2 * 1000000);
        sleep_ms(LEASE_MS / 4 + 200);
        members_note_answer(m, LANE_APPENDS, false);
    }
}

/* For ten seconds the database has answered nothing. */
static void miss_ten_seconds(struct members *m)
{
    members_note_answer(m, LANE_APPENDS, false);
    atomic_fetch_add(&clock_offset_us, 10 * 1000000);
    members_note_answer(m, LANE_APPENDS, false);
}

/* Commands: drain, silent, outage, rejoin N, lease, who. */
static void obey(struct members *m, const char *line)
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

static int be_a_server(char **argv)
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

static void launch(struct server *s, const char *url, const char *address, int lease_ms)
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
static const char *hear_within(struct server *s, const char *word, int64_t ms)
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

static const char *hear(struct server *s, const char *word)
{
    const char *rest = hear_within(s, word, PATIENCE_MS);
    if (!rest)
        fail_msg("no \"%s\" was heard", word);
    return rest;
}

static const char *ask(struct server *s, const char *line, const char *word)
{
    dprintf(s->in, "%s\n", line);
    return hear(s, word);
}

static void start_at(struct server *s, const char *url, const char *address, int lease_ms)
{
    launch(s, url, address, lease_ms);
    s->incarnation = strtoull(hear(s, "open "), NULL, 10);
}

static void start(struct server *s, const char *address)
{
    start_at(s, pg.uri, address, LEASE_MS);
}

static void end(struct server *s, int signal)
{
    if (signal)
        kill(s->pid, signal);
    close(s->in);
    assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
    close(s->out);
}

/* "1" and the like: what the database says about a server. */
static const char *is_dead(const struct server *s)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM kp_nodes WHERE dead_at IS NOT NULL AND incarnation = %" PRIu64,
             s->incarnation);
    return postgres_sql(&pg, sql);
}

/* How long it took until the others have declared it dead. */
static int64_t ms_until_dead(const struct server *s)
{
    const int64_t from_ms = now_ms();
    while (strcmp(is_dead(s), "1") != 0) {
        assert_true(now_ms() - from_ms < PATIENCE_MS);
        sleep_ms(50);
    }
    return now_ms() - from_ms;
}

/* ---- living --------------------------------------------------------------------- */

static void servers_see_each_other_come_drain_and_go(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    assert_non_null(strstr(hear(&one, "promise "), "flushed by the primary alone"));
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    ask(&two, "drain", "");
    hear(&one, "peers 1");
    end(&two, 0);
    hear(&one, "peers 0");
    assert_string_equal(is_dead(&two), "1");
    end(&one, 0);
    assert_string_equal(is_dead(&one), "1");
}

static void the_address_of_a_living_server_is_refused(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    launch(&two, pg.uri, "10.0.0.1:1", LEASE_MS);
    assert_non_null(strstr(hear(&two, "refused "), "CLUSTER_ADDRESS, 10.0.0.1:1"));
    end(&two, 0);
    assert_string_equal(is_dead(&one), "0");
    end(&one, 0);
}

static void a_server_without_an_address_is_alone(void **state)
{
    (void)state;
    struct server one, two, three;
    start(&one, "");
    launch(&two, pg.uri, "", LEASE_MS);
    launch(&three, pg.uri, "10.0.0.3:1", LEASE_MS);
    hear(&two, "waiting");
    hear(&three, "waiting");
    assert_null(hear_within(&two, "open", LEASE_MS + 1500));
    end(&one, 0);
    struct server *next = hear_within(&two, "locked", 3000) ? &two : &three;
    hear(next, "open ");
    assert_null(hear_within(next == &two ? &three : &two, "open", LEASE_MS + 1500));
    end(&two, SIGKILL);
    end(&three, SIGKILL);
}

/* ---- dying ---------------------------------------------------------------------- */

static void the_next_one_comes_soon_after_a_kill(void **state)
{
    (void)state;
    struct server one, two;
    start_at(&one, pg.uri, "", 60000);
    end(&one, SIGKILL);
    const int64_t from_ms = now_ms();
    start_at(&two, pg.uri, "", 60000);
    assert_in_range(now_ms() - from_ms, 1500, 8000);
    assert_string_equal(is_dead(&one), "1");
    end(&two, SIGKILL);
    /* with an address nobody listens at */
    start_at(&one, pg.uri, "127.0.0.1:1", 60000);
    end(&one, SIGKILL);
    start_at(&two, pg.uri, "127.0.0.1:1", 60000);
    assert_string_equal(is_dead(&one), "1");
    end(&two, 0);
}

static void one_that_stands_still_is_dead_and_hears_of_it(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500); /* the judge must be steady */
    kill(one.pid, SIGSTOP);
    assert_in_range(ms_until_dead(&one), LEASE_MS - 1100, LEASE_MS + 6000);
    hear(&two, "peers 0");
    kill(one.pid, SIGCONT);
    hear(&one, "dead");
    assert_int_equal(atoi(ask(&one, "lease", "lease ")), 0);
    /* and comes back as another */
    const char *who = ask(&one, "rejoin 1", "peers 1");
    who = ask(&one, "who", "who ");
    assert_true(strtoull(who, NULL, 10) != one.incarnation);
    assert_non_null(strstr(who, " 1 0"));
    hear(&two, "peers 1");
    end(&one, 0);
    end(&two, 0);
}

/* It must not wait for itself, as for another server with its address. */
static void a_registration_whose_answer_is_lost_is_cleared_away(void **state)
{
    (void)state;
    struct server one;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(&one, url, "10.0.0.1:1", 60000);
    postgres_sql(&pg, "UPDATE kp_lanes SET dead = true; UPDATE kp_nodes SET dead_at = now()");
    hear(&one, "dead");
    const unsigned fired = pg_proxy_fired(proxy);
    pg_proxy_say(proxy, "cut before-answer INSERT INTO kp_nodes");
    dprintf(one.in, "rejoin 1\n");
    while (pg_proxy_fired(proxy) == fired)
        sleep_ms(5);
    const int64_t from_ms = now_ms();
    while (strtoull(ask(&one, "who", "who "), NULL, 10) == 0)
        sleep_ms(50);
    assert_true(now_ms() - from_ms < 10000);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM kp_nodes WHERE dead_at IS NULL"), "1");
    end(&one, 0);
    pg_proxy_free(proxy);
}

static void a_crash_is_noticed_before_the_lease_is_over(void **state)
{
    (void)state;
    struct server one, two;
    enum { LONG_MS = 5000 };
    start_at(&one, pg.uri, "127.0.0.1:1", LONG_MS); /* nobody listens there */
    start_at(&two, pg.uri, "10.0.0.2:1", LONG_MS);
    hear(&two, "peers 1");
    sleep_ms(LONG_MS + 500);
    end(&one, SIGKILL);
    assert_in_range(ms_until_dead(&one), 500, LONG_MS - 1500);
    end(&two, 0);
}

static void an_outage_of_the_database_kills_nobody(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "127.0.0.1:1"); /* it looks as if it had gone */
    start(&two, "127.0.0.1:2");
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500);
    postgres_kill(&pg);
    sleep_ms(LEASE_MS + 1000);
    assert_int_equal(atoi(ask(&one, "lease", "lease ")), 0);
    postgres_start(&pg);
    assert_null(hear_within(&one, "dead", 2 * LEASE_MS));
    assert_null(hear_within(&two, "dead", 1));
    assert_true(atoi(ask(&one, "lease", "lease ")) > 0);
    end(&one, 0);
    end(&two, 0);
}

static void beats_that_do_not_get_through_kill_nobody_who_judges(void **state)
{
    (void)state;
    struct server one, two;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(&one, url, "10.0.0.1:1", LEASE_MS);
    start_at(&two, url, "10.0.0.2:1", LEASE_MS);
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    sleep_ms(LEASE_MS + 500);
    pg_proxy_say(proxy, "stall");
    sleep_ms(2 * LEASE_MS);
    pg_proxy_say(proxy, "go");
    assert_null(hear_within(&one, "dead", 2 * LEASE_MS));
    assert_null(hear_within(&two, "dead", 1));
    end(&one, 0);
    end(&two, 0);
    pg_proxy_free(proxy);
}

static struct pg_proxy *start_behind_proxy(struct server *s, const char *address, int lease_ms)
{
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    start_at(s, url, address, lease_ms);
    return proxy;
}

static void who_finds_the_database_again_first_waits_for_the_others(void **state)
{
    (void)state;
    struct server one, two;
    enum { LONG_MS = 4000 };
    struct pg_proxy *first = start_behind_proxy(&one, "10.0.0.1:1", LONG_MS);
    struct pg_proxy *second = start_behind_proxy(&two, "10.0.0.2:1", LONG_MS);
    hear(&one, "peers 1");
    hear(&two, "peers 1");
    pg_proxy_say(first, "down");
    pg_proxy_say(second, "down");
    sleep_ms(LONG_MS + 1000);
    pg_proxy_say(first, "up");
    sleep_ms(LONG_MS + 1500);
    pg_proxy_say(second, "up");
    assert_null(hear_within(&two, "dead", LONG_MS + 1000));
    assert_null(hear_within(&one, "dead", 1));
    assert_true(atoi(ask(&two, "lease", "lease ")) > 0);
    /* and who does not come back has no grace without end */
    pg_proxy_say(second, "down");
    assert_in_range(ms_until_dead(&two), LONG_MS - 1100, PATIENCE_MS);
    end(&one, 0);
    end(&two, SIGKILL);
    pg_proxy_free(first);
    pg_proxy_free(second);
}

/* ---- the fence ------------------------------------------------------------------- */

static struct registry registry;

static void assert_reaps(uint64_t judge, const struct server *target, enum reply reply, bool is_reaped)
{
    bool reaped = false;
    assert_int_equal(registry_connect(&registry, "kolabpad 0 test"), REPLY_OK);
    const struct patience patience = {.silent_ms = LEASE_MS, .lease_ms = LEASE_MS, .grace_ms = 2 * LEASE_MS};
    assert_int_equal(registry_reap(&registry, judge, target->incarnation, &patience, &reaped), reply);
    assert_int_equal(reaped, is_reaped);
}

/* A lane in the middle of a transaction, which has locked its row. */
static PGconn *begin_on_lane(const struct server *s, const char *name)
{
    char info[192], sql[192];
    snprintf(info, sizeof info, "host=127.0.0.1 port=%u user=kolabpad dbname=kolabpad application_name='%s'",
             pg.port, name);
    snprintf(sql, sizeof sql,
             "BEGIN; SELECT 1 FROM kp_lanes WHERE incarnation = %" PRIu64 " AND lane = 0 AND NOT dead "
             "FOR NO KEY UPDATE; CREATE TABLE IF NOT EXISTS said (n int); INSERT INTO said VALUES (1)",
             s->incarnation);
    PGconn *conn = PQconnectdb(info);
    PGresult *result = PQexec(conn, sql);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    return conn;
}

static void make_silent(const struct server *s)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE kp_beats SET seen_at = seen_at - interval '1 hour' WHERE incarnation = %" PRIu64,
             s->incarnation);
    kill(s->pid, SIGSTOP);
    postgres_sql(&pg, sql);
}

static void what_is_under_way_is_waited_for(void **state)
{
    (void)state;
    struct server one;
    start(&one, "10.0.0.1:1");
    PGconn *lane = begin_on_lane(&one, "kolabpad elsewhere");
    make_silent(&one);
    assert_reaps(0, &one, REPLY_LOCKED, false);
    PQclear(PQexec(lane, "COMMIT"));
    assert_reaps(0, &one, REPLY_OK, true);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM said"), "1");
    postgres_sql(&pg, "DROP TABLE said");
    PQfinish(lane);
    end(&one, SIGKILL);
}

static void who_does_not_let_go_of_the_fence_is_disconnected(void **state)
{
    (void)state;
    struct server one, two;
    char name[REGISTRY_NAME_BYTES];
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    registry_connection_name(one.incarnation, "0", name);
    PGconn *lane = begin_on_lane(&one, name);
    sleep_ms(LEASE_MS + 500);
    kill(one.pid, SIGSTOP);
    ms_until_dead(&one);
    PGresult *result = PQexec(lane, "COMMIT");
    assert_int_not_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    assert_string_equal(postgres_sql(&pg, "SELECT count(*) FROM pg_tables WHERE tablename = 'said'"), "0");
    PQclear(result);
    PQfinish(lane);
    end(&one, SIGKILL);
    end(&two, 0);
}

static void a_judge_who_was_silent_himself_judges_nobody(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    make_silent(&one);
    assert_reaps(two.incarnation, &one, REPLY_OK, false); /* it has just begun */
    sleep_ms(2 * LEASE_MS + 1000);
    assert_string_equal(is_dead(&one), "1");
    end(&one, SIGKILL);
    start(&one, "10.0.0.1:1");
    kill(two.pid, SIGSTOP);
    sleep_ms(LEASE_MS);
    make_silent(&one);
    assert_reaps(two.incarnation, &one, REPLY_OK,
                 true); /* steady, as far as the database knows: it has not beaten since */
    kill(two.pid, SIGCONT);
    end(&one, SIGKILL);
    end(&two, 0);
}

static void be_steady_for(const struct server *judge, int ms)
{
    char sql[192];
    snprintf(sql, sizeof sql,
             "UPDATE kp_beats SET seen_at = clock_timestamp(),"
             " steady_since = clock_timestamp() - %d * interval '1 millisecond' WHERE incarnation = %" PRIu64,
             ms, judge->incarnation);
    postgres_sql(&pg, sql);
}

/* The database may have been away for both, and the judge have found it first. */
static void who_has_not_beaten_since_the_judge_began_has_a_grace(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    make_silent(&one);
    kill(two.pid, SIGSTOP);
    be_steady_for(&two, LEASE_MS * 3 / 2);
    assert_reaps(two.incarnation, &one, REPLY_OK, false);
    be_steady_for(&two, LEASE_MS * 2 + 100);
    assert_reaps(two.incarnation, &one, REPLY_OK, true);
    end(&one, SIGKILL);
    end(&two, SIGKILL);
}

static void nobody_is_declared_dead_who_has_beaten_meanwhile(void **state)
{
    (void)state;
    struct server one;
    start(&one, "10.0.0.1:1");
    assert_reaps(0, &one, REPLY_OK, false);
    assert_string_equal(is_dead(&one), "0");
    end(&one, 0);
}

/* ---- resigning -------------------------------------------------------------------- */

static void one_whose_lane_gets_no_answers_resigns_if_there_are_others(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    dprintf(one.in, "silent\n");
    assert_null(hear_within(&one, "dead", 2500)); /* nobody else could do better */
    start(&two, "10.0.0.2:1");
    hear(&one, "dead");
    assert_string_equal(is_dead(&one), "1");
    ask(&one, "rejoin 7", "peers 1");
    end(&one, 0);
    end(&two, 0);
}

static void an_outage_of_everything_is_no_reason_to_resign(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    dprintf(one.in, "outage\n");
    assert_null(hear_within(&one, "dead", 2500)); /* it beats again, and its lane comes later */
    dprintf(one.in, "silent\n");
    hear(&one, "dead");
    end(&one, 0);
    end(&two, 0);
}

static void commits_that_wait_for_a_standby_are_no_reason_to_resign(void **state)
{
    (void)state;
    struct server one, two;
    start(&one, "10.0.0.1:1");
    start(&two, "10.0.0.2:1");
    hear(&one, "peers 1");
    PGconn *lane = begin_on_lane(&one, "kolabpad elsewhere");
    postgres_sql(&pg, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    postgres_sql(&pg, "SELECT pg_reload_conf()");
    sleep_ms(200);
    assert_int_equal(PQsendQuery(lane, "COMMIT"), 1);
    assert_int_equal(PQflush(lane), 0);
    dprintf(one.in, "silent\n");
    assert_null(hear_within(&one, "dead", 3000));
    postgres_sql(&pg, "SET synchronous_commit = local; ALTER SYSTEM RESET synchronous_standby_names");
    postgres_sql(&pg, "SELECT pg_reload_conf()");
    PQfinish(lane);
    hear(&one, "dead");
    postgres_sql(&pg, "DROP TABLE said");
    end(&one, 0);
    end(&two, 0);
}

/* ---- the lease --------------------------------------------------------------------- */

static void ignore_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count,
                         struct slice id, const char *text)
{
    (void)arg;
    (void)event;
    (void)duration_us;
    (void)count;
    (void)id;
    (void)text;
}

/* The date runs from before the beat was sent, whatever the answer took, and goes on
 * while the machine sleeps. */
static void a_lease_is_never_longer_than_the_truth(void **state)
{
    (void)state;
    struct pg_proxy *proxy = pg_proxy_new(pg.port);
    char url[96], message[MESSAGE_BYTES];
    snprintf(url, sizeof url, "postgres://kolabpad@127.0.0.1:%u/kolabpad", pg_proxy_port(proxy));
    struct store_config config = {
        .address = SLICE("10.0.0.9:1"), .lease_ms = 10000, .on_event = ignore_event};
    struct members *m;
    assert_int_equal(members_open(&config, url, &known, &m, message), OK);
    assert_in_range(members_lease_left_ms(m), 5000, 10000);
    const unsigned fired = pg_proxy_fired(proxy);
    pg_proxy_say(proxy, "delay 1200 before-answer UPDATE kp_beats");
    pg_proxy_say(proxy, "hold before UPDATE kp_beats");
    while (pg_proxy_fired(proxy) < fired + 2)
        sleep_ms(2);
    assert_in_range(members_lease_left_ms(m), 8000, 8850);
    pg_proxy_say(proxy, "stall");
    atomic_fetch_add(&clock_offset_us, 10000 * 1000);
    assert_int_equal(members_lease_left_ms(m), 0);
    pg_proxy_say(proxy, "forget");
    pg_proxy_say(proxy, "go");
    members_close(m);
    pg_proxy_free(proxy);
}

static void whoever_reads_the_promise_knows_the_standbys(void **state)
{
    (void)state;
    static const struct {
        const char *commit, *names;
        uint32_t standbys;
        const char *sentence;
    } cases[] = {
        {"on", "", 0, "flushed by the primary alone"},
        {"local", "two", 0, "flushed by the primary alone"},
        {"on", "two, three", 1, "flushed by the primary and 1 standby"},
        {"on", "FIRST 2 (a, b, c)", 2, "flushed by the primary and 2 standbys"},
        {"remote_apply", " ANY 1 (*)", 1, "flushed by the primary and applied by 1 standby"},
        {"remote_write", "3(a,b,c)", 3, "flushed by the primary and received by 3 standbys"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct promise p;
        char sentence[PROMISE_BYTES];
        snprintf(p.synchronous_commit, sizeof p.synchronous_commit, "%s", cases[i].commit);
        snprintf(p.standby_names, sizeof p.standby_names, "%s", cases[i].names);
        assert_int_equal(promise_standbys(&p), cases[i].standbys);
        promise_sentence(&p, sentence);
        assert_string_equal(sentence, cases[i].sentence);
    }
}

/* ---- all of it ----------------------------------------------------------------------- */

static int make_tables(void **state)
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
    registry_init(&registry, pg.uri, NULL, LEASE_MS);
    return 0;
}

static int end_postgres(void **state)
{
    (void)state;
    registry_close(&registry);
    postgres_deinit(&pg);
    return 0;
}

static int forget_lives(void **state)
{
    (void)state;
    postgres_sql(&pg, "DELETE FROM kp_placement; DELETE FROM kp_nodes");
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, forget_lives)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(servers_see_each_other_come_drain_and_go),
        TEST(the_address_of_a_living_server_is_refused),
        TEST(a_server_without_an_address_is_alone),
        TEST(the_next_one_comes_soon_after_a_kill),
        TEST(one_that_stands_still_is_dead_and_hears_of_it),
        TEST(a_registration_whose_answer_is_lost_is_cleared_away),
        TEST(a_crash_is_noticed_before_the_lease_is_over),
        TEST(an_outage_of_the_database_kills_nobody),
        TEST(beats_that_do_not_get_through_kill_nobody_who_judges),
        TEST(who_finds_the_database_again_first_waits_for_the_others),
        TEST(what_is_under_way_is_waited_for),
        TEST(who_does_not_let_go_of_the_fence_is_disconnected),
        TEST(a_judge_who_was_silent_himself_judges_nobody),
        TEST(who_has_not_beaten_since_the_judge_began_has_a_grace),
        TEST(nobody_is_declared_dead_who_has_beaten_meanwhile),
        TEST(one_whose_lane_gets_no_answers_resigns_if_there_are_others),
        TEST(an_outage_of_everything_is_no_reason_to_resign),
        TEST(commits_that_wait_for_a_standby_are_no_reason_to_resign),
        TEST(a_lease_is_never_longer_than_the_truth),
        TEST(whoever_reads_the_promise_knows_the_standbys),
    };
    if (argc == 4)
        return be_a_server(argv);
    if (!postgres_is_installed()) {
        puts("[  SKIPPED ] postgres_members_test");
        return 0;
    }
    return cmocka_run_group_tests(tests, make_tables, end_postgres);
}
