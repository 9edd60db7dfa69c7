/* case.c - single promises about memory, joining, stopping and starting.
 *
 *     bench_case idle    --port P --pid PID --connections N --pads N
 *     bench_case rest    --port P --pid PID --pads N --bytes N
 *     bench_case history --port P --edits N --bytes N --writers N
 *     bench_case flush   --port P --pid PID --pads N
 *     bench_case start   --port P -- COMMAND…
 *
 * flush also reads the metrics before it ends the server, and prints the cost of that
 * beyond the cost of an empty answer.
 *
 * Each prints one line of name=value. Memory is the growth of the server's
 * resident set, which is the number that an operator sees. */
#include "options.h"
#include "peer.h"
#include "process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS INT64_C(1000000)
enum {
    OPENING_MAX = 64,
    WARM_UP_PEERS = 64,
    SETTLE_MS = 1500,
    PROBE_MS = 1,
    START_TIMEOUT_MS = 30000,
    READINGS = 200
};

static struct options options = {.connections = 1000, .pads = 1, .bytes = 5120, .edits = 1000, .writers = 1};
static struct fleet fleet;
static uint32_t joined;       /* peers that are in their pads */
static uint64_t edits_wanted; /* what each peer still sends, or all of them together */
static uint64_t acknowledged;

static void on_open(struct client *client)
{
    peer_on_open((struct peer *)(void *)client);
}

static void on_text(struct client *client, struct slice text)
{
    struct peer *peer = (struct peer *)(void *)client;
    struct news news = peer_on_text(peer, text);
    joined += news.joined;
    acknowledged += news.acknowledged;
    if (edits_wanted > 0 && peer->joined && !peer->waiting) {
        edits_wanted--;
        peer_edit(peer, 1);
    }
}

static void connect_to_server(void)
{
    fleet = (struct fleet){.port = (uint16_t)options.port, .subprotocol = "kolabpad.v2"};
    fleet.on_open = on_open;
    fleet.on_text = on_text;
    fleet_open(&fleet);
}

/* Lets the server finish the work that goes on in the background. */
static void settle(void)
{
    for (int64_t end = now_ns() + SETTLE_MS * MS; now_ns() < end;)
        fleet_poll(&fleet, 10 * MS);
}

static struct peer *peers_new(size_t count)
{
    struct peer *peers = calloc(count, sizeof *peers);
    if (!peers)
        die("no memory");
    return peers;
}

/* Joins peers[0 … count-1], peer i into pad NAME-(i % pads). */
static void join_all(struct peer *peers, size_t count, const char *name, size_t pads, uint32_t keep_length)
{
    uint32_t target = joined + (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        char pad[48];
        snprintf(pad, sizeof pad, "%s-%zu", name, i % pads);
        peer_open(&fleet, &peers[i], DIALECT_V2, pad, 0, keep_length);
        while (fleet.opening >= OPENING_MAX)
            fleet_poll(&fleet, 10 * MS);
    }
    while (joined < target)
        fleet_poll(&fleet, 10 * MS);
}

static void leave_all(struct peer *peers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        client_close(&peers[i].client);
}

/* One edit by each peer, and its echo. */
static void edit_all(struct peer *peers, size_t count, uint32_t characters)
{
    uint64_t target = acknowledged + count;
    for (size_t i = 0; i < count; i++)
        peer_edit(&peers[i], characters);
    while (acknowledged < target)
        fleet_poll(&fleet, 10 * MS);
}

/* The first connections make the server allocate what all of them share; that must
 * not count as the cost of one. */
static void warm_up(void)
{
    struct peer *peers = peers_new(WARM_UP_PEERS);
    join_all(peers, WARM_UP_PEERS, "warm", WARM_UP_PEERS, UINT32_MAX);
    edit_all(peers, WARM_UP_PEERS, 1);
    leave_all(peers, WARM_UP_PEERS);
    settle();
    free(peers);
}

static int64_t rss(void)
{
    return process_rss_bytes((pid_t)options.pid);
}

/* ---- the cases ---- */

static void idle(void)
{
    struct peer *peers = peers_new(options.connections);
    warm_up();
    int64_t before = rss(), began = now_ns();
    join_all(peers, options.connections, "idle", options.pads, UINT32_MAX);
    double seconds = (double)(now_ns() - began) / 1e9;
    settle();
    printf("bytes_each=%.0f joins_per_s=%.0f\n", (double)(rss() - before) / (double)options.connections,
           (double)options.connections / seconds);
}

/* Opens a few pads at a time, so that the memory of pads is measured and not that of
 * connections. */
static void rest(void)
{
    struct peer peers[WARM_UP_PEERS];
    warm_up();
    int64_t before = rss();
    for (size_t made = 0; made < options.pads; made += WARM_UP_PEERS) {
        char name[32];
        snprintf(name, sizeof name, "rest-%zu", made);
        join_all(peers, WARM_UP_PEERS, name, WARM_UP_PEERS, UINT32_MAX);
        edit_all(peers, WARM_UP_PEERS, (uint32_t)options.bytes);
        leave_all(peers, WARM_UP_PEERS);
    }
    settle();
    size_t pads = (options.pads + WARM_UP_PEERS - 1) / WARM_UP_PEERS * WARM_UP_PEERS;
    printf("bytes_each=%.0f\n", (double)(rss() - before) / (double)pads);
}

static void history(void)
{
    struct peer *peers = peers_new(options.writers + 1), *last = &peers[options.writers];
    join_all(peers, options.writers, "long", 1, (uint32_t)options.bytes);
    edit_all(peers, 1, (uint32_t)options.bytes);
    int64_t began = now_ns();
    uint64_t target = acknowledged + options.edits;
    edits_wanted = options.edits - options.writers;
    for (size_t i = 0; i < options.writers; i++)
        peer_edit(&peers[i], 1);
    while (acknowledged < target)
        fleet_poll(&fleet, 10 * MS);
    double rate = (double)options.edits * 1e9 / (double)(now_ns() - began);

    began = now_ns();
    join_all(last, 1, "long", 1, (uint32_t)options.bytes);
    double milliseconds = (double)(now_ns() - began) / 1e6;
    printf("edits_per_s=%.0f join_ms=%.2f join_bytes=%llu text_bytes=%u\n", rate, milliseconds,
           (unsigned long long)last->client.received_bytes, last->length);
}

/* Reads all of the answer, and keeps its beginning. */
static bool answers_200(const char *path)
{
    char request[128], reply[4096] = {0};
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", path);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_ok = connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
                 send(fd, request, (size_t)len, MSG_NOSIGNAL) > 0 &&
                 recv(fd, reply, sizeof reply, MSG_WAITALL) > 12 && memcmp(reply + 9, "200", 3) == 0;
    while (is_ok && recv(fd, reply, sizeof reply, 0) > 0)
        ;
    close(fd);
    return is_ok;
}

/* Processor time of the server for one answer, its connection included. */
static double answer_us(const char *path)
{
    int64_t before = process_cpu_ns((pid_t)options.pid);
    for (int i = 0; i < READINGS; i++)
        if (!answers_200(path))
            die("no answer");
    return (double)(process_cpu_ns((pid_t)options.pid) - before) / READINGS / 1e3;
}

static void flush(void)
{
    struct peer *peers = peers_new(options.pads);
    join_all(peers, options.pads, "flush", options.pads, UINT32_MAX);
    edit_all(peers, options.pads, 100);
    settle();
    double bare_us = answer_us("/api/health/live"), reading_us = answer_us("/metrics") - bare_us;
    edit_all(peers, options.pads, 1);
    printf("metrics_us=%.0f flush_ms=%.0f\n", reading_us,
           (double)process_end_ns((pid_t)options.pid, SIGTERM) / 1e6);
}

static void start(char **command)
{
    int64_t began = now_ns();
    pid_t pid = fork();
    if (pid == 0) {
        execv(command[0], command);
        _exit(127);
    }
    while (!answers_200("/api/health")) {
        if (waitpid(pid, NULL, WNOHANG) == pid || now_ns() - began > START_TIMEOUT_MS * MS)
            die("the server did not start");
        usleep(PROBE_MS * 1000);
    }
    printf("start_ms=%.0f\n", (double)(now_ns() - began) / 1e6);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"idle", idle}, {"rest", rest}, {"history", history}, {"flush", flush}};
    const char *name = argc > 1 ? argv[1] : "";
    int after = argc > 1 ? options_read(argc - 1, argv + 1, &options) + 1 : argc;
    if (strcmp(name, "start") == 0 && after + 1 < argc) {
        start(argv + after + 1);
        return 0;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(name, cases[i].name) != 0)
            continue;
        connect_to_server();
        cases[i].run();
        return 0;
    }
    fputs("usage: bench_case idle|rest|history|flush|start --name value…\n", stderr);
    return 2;
}
