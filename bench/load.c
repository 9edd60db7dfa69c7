/* load.c - drives a server with writers and readers, and measures its cost.
 *
 *     bench_load --port P --pid PID --pads N --writers N --readers N
 *                --milliseconds N [--rate N] [--relay 1]
 *                [--nodes N --pid2 PID --pid3 PID] [--postmaster PID]
 *
 * Every pad gets so many writers and readers. A writer sends an edit of one
 * character and waits for its echo. Without --rate it then sends the next one
 * (closed loop: as fast as the server answers); with --rate the edits of all
 * writers together come at that rate, and latency counts from the moment an
 * edit was due, so a server that falls behind cannot hide it.
 *
 * Delivered counts operations, not frames: one operation in the hands of one
 * connection, the author's included. CPU is the server's own, user and system,
 * without that of the load generator; of several servers, to which the connections
 * go in turn, their sum.
 *
 * Prints one line, with CPU for each delivery, of all servers and of the second one
 * alone, and for each edit that of the servers and that of PostgreSQL:
 *     edits_per_s=… deliveries_per_s=… cpu_us=… cpu2_us=… p50_us=… p99_us=… edit_us=… postgres_us=… */
#include "options.h"
#include "peer.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPENING_MAX = 64, KEEP_LENGTH = 4096, WARM_UP_MS = 500, SETTLE_MS = 300, PATIENCE_MS = 30 * 1000 };
#define MS INT64_C(1000000)

struct seat {
    struct peer peer; /* first: a peer's seat */
    bool writes;
    int64_t due_ns; /* when its edit was sent, or should have been */
};

static struct options options = {.pads = 1, .writers = 1, .milliseconds = 4000, .nodes = 1};
static struct seat *seats;
static size_t seat_count, joined;
static int64_t interval_ns; /* between two edits of one writer; 0: closed loop */
static bool running;

static struct {
    uint64_t edits, deliveries;
    uint32_t *latencies_us;
    size_t latency_count, latency_room;
} seen;

static void note_latency(int64_t latency_ns)
{
    if (seen.latency_count == seen.latency_room) {
        seen.latency_room = seen.latency_room ? seen.latency_room * 2 : 65536;
        seen.latencies_us = realloc(seen.latencies_us, seen.latency_room * sizeof *seen.latencies_us);
        if (!seen.latencies_us)
            die("no memory");
    }
    seen.latencies_us[seen.latency_count++] = (uint32_t)(latency_ns / 1000);
}

static void edit_now(struct seat *seat, int64_t due_ns)
{
    seat->due_ns = due_ns;
    peer_edit(&seat->peer, 1);
}

static void on_open(struct client *client)
{
    peer_on_open((struct peer *)(void *)client);
    joined += ((struct peer *)(void *)client)->joined;
}

static void on_text(struct client *client, struct slice text)
{
    struct seat *seat = (struct seat *)(void *)client;
    struct news news = peer_on_text(&seat->peer, text);
    joined += news.joined;
    seen.deliveries += news.operations;
    if (!news.acknowledged)
        return;
    int64_t now = now_ns();
    seen.edits++;
    note_latency(now - seat->due_ns);
    if (running && interval_ns == 0)
        edit_now(seat, now);
}

/* Sends what is due. Returns the time until something is. */
static int64_t keep_the_rate(int64_t now)
{
    int64_t wait = 10 * MS;
    for (size_t i = 0; i < seat_count; i++) {
        struct seat *seat = &seats[i];
        if (!seat->writes || seat->peer.waiting)
            continue;
        int64_t due = seat->due_ns + interval_ns;
        if (due <= now)
            edit_now(seat, due);
        else if (due - now < wait)
            wait = due - now;
    }
    return wait;
}

static void run_for(struct fleet *fleet, int64_t duration_ns)
{
    int64_t end = now_ns() + duration_ns;
    for (int64_t now = now_ns(); now < end; now = now_ns()) {
        int64_t wait = running && interval_ns ? keep_the_rate(now) : 10 * MS;
        fleet_poll(fleet, wait < end - now ? wait : end - now);
    }
}

static void join_all(struct fleet *fleet)
{
    size_t members = options.writers + options.readers;
    seat_count = options.pads * members;
    seats = calloc(seat_count, sizeof *seats);
    if (!seats)
        die("no memory");
    for (size_t i = 0; i < seat_count; i++) {
        char pad[32];
        snprintf(pad, sizeof pad, "load-%zu", i / members);
        seats[i].writes = i % members < options.writers;
        fleet->port = (uint16_t)(options.port + i % options.nodes);
        peer_open(fleet, &seats[i].peer, options.relay ? DIALECT_RELAY : DIALECT_V2, pad, i, KEEP_LENGTH);
        while (fleet->opening >= OPENING_MAX)
            fleet_poll(fleet, 10 * MS);
    }
    while (joined < seat_count)
        fleet_poll(fleet, 10 * MS);
}

/* However long the first edit takes, it is one that took so long: its time is in the numbers. */
static void wait_for_an_echo(struct fleet *fleet)
{
    int64_t end = now_ns() + PATIENCE_MS * MS;
    while (seen.latency_count == 0 && now_ns() < end)
        fleet_poll(fleet, 10 * MS);
    if (seen.latency_count == 0)
        die("no edit came back in %d s", PATIENCE_MS / 1000);
}

/* Writers begin one after the other, spread over the interval. */
static void begin(void)
{
    int64_t now = now_ns(), step = interval_ns / (int64_t)(options.pads * options.writers);
    running = true;
    for (size_t i = 0, n = 0; i < seat_count; i++) {
        if (!seats[i].writes)
            continue;
        if (interval_ns == 0)
            edit_now(&seats[i], now);
        else
            seats[i].due_ns = now - interval_ns + (int64_t)n++ * step;
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t latency_at(double share)
{
    return seen.latency_count ? seen.latencies_us[(size_t)((double)(seen.latency_count - 1) * share)] : 0;
}

static int64_t cpu_of(uint64_t pid)
{
    return pid ? process_cpu_ns((pid_t)pid) : 0;
}

static struct usage {
    int64_t servers, second, postgres; /* nanoseconds */
} usage_now(void)
{
    int64_t second = cpu_of(options.pid2);
    return (struct usage){
        .servers = cpu_of(options.pid) + second + cpu_of(options.pid3),
        .second = second,
        .postgres = options.postmaster ? process_family_cpu_ns((pid_t)options.postmaster) : 0,
    };
}

static void print(const struct usage *before, const struct usage *after, int64_t duration_ns)
{
    double seconds = (double)duration_ns / 1e9, edits = (double)seen.edits, all = (double)seen.deliveries;
    double servers_us = (double)(after->servers - before->servers) / 1e3;
    double second_us = (double)(after->second - before->second) / 1e3;
    double postgres_us = (double)(after->postgres - before->postgres) / 1e3;
    printf("edits_per_s=%.0f deliveries_per_s=%.0f cpu_us=%.3f cpu2_us=%.3f p50_us=%u p99_us=%u"
           " edit_us=%.3f postgres_us=%.3f\n",
           edits / seconds, all / seconds, servers_us / all, second_us / all, latency_at(0.5),
           latency_at(0.99), servers_us / edits, postgres_us / edits);
}

int main(int argc, char **argv)
{
    options_read(argc, argv, &options);
    struct fleet fleet = {.port = (uint16_t)options.port, .on_open = on_open, .on_text = on_text};
    fleet.subprotocol = options.relay ? NULL : "kolabpad.v2";
    if (options.rate)
        interval_ns = (int64_t)(1e9 * (double)(options.pads * options.writers) / (double)options.rate);
    fleet_open(&fleet);
    join_all(&fleet);
    run_for(&fleet, SETTLE_MS * MS);
    begin();
    run_for(&fleet, WARM_UP_MS * MS);

    seen.edits = seen.deliveries = seen.latency_count = 0;
    struct usage before = usage_now();
    int64_t began = now_ns();
    run_for(&fleet, (int64_t)options.milliseconds * MS);
    wait_for_an_echo(&fleet);
    struct usage after = usage_now();
    int64_t duration_ns = now_ns() - began;

    qsort(seen.latencies_us, seen.latency_count, sizeof *seen.latencies_us, by_size);
    print(&before, &after, duration_ns);
    return 0;
}
