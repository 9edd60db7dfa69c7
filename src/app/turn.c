#include "app/turn.h"

#include "api/arrival.h"
#include "api/forward.h"
#include "api/http_job.h"
#include "app/cleanup.h"
#include "app/life.h"
#include "app/peer_watch.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "observe/crash.h"
#include "session/broadcast.h"
#include "session/start.h"
#include "shard/server.h"

#include <stdio.h>

enum {
    CLOSING_MS = 500,      /* how long the shutdown waits for closing handshakes */
    DRAINING_MS = 5000,    /* and for a database that does not answer */
    STOPPING_STEP_MS = 10, /* how often a stopping shard looks whether it may go on */
};

static void on_wake(void *owner)
{
    struct shard *shard = owner;
    uint32_t peers = server_peers_version(shard->server);
    shard_take_answers(shard);
    if (peers != shard->peers_version)
        forward_check_peers(shard);
    shard->peers_version = peers;
    peer_watch_send_away(shard);
}

static void on_timer(void *owner)
{
    struct shard *shard = owner;
    shard_timer_came(shard);
    documents_on_timer(&shard->documents);
    if (shard->phase != SHARD_RUNNING) {
        shard_want_timer(shard, STOPPING_STEP_MS);
        return;
    }
    sessions_check_hello(shard);
    arrivals_check_hello(shard);
    cleanup_check(shard);
    peer_watch_check(shard);
}

/* ---- stopping ---- */

static void enter(struct shard *shard, enum shard_phase phase)
{
    shard->phase = phase;
    shard->phase_ms = loop_now_ms(&shard->loop);
}

static void note_written(struct shard *shard)
{
    if (!shard->is_written)
        server_note_written(shard->server);
    shard->is_written = true;
}

/* One step of stopping: write, then close, then end. */
static void step_down(struct shard *shard)
{
    int64_t spent_ms = loop_now_ms(&shard->loop) - shard->phase_ms;
    if (shard->phase == SHARD_DRAINING) {
        if (!documents_are_written(&shard->documents) && spent_ms <= DRAINING_MS)
            return;
        note_written(shard);
        if (!server_may_close(shard->server))
            return;
        documents_give_up(&shard->documents);
        enter(shard, SHARD_CLOSING);
        arrivals_close_all(shard, ERR_SHUTTING_DOWN);
        sessions_close_all(shard, ERR_SHUTTING_DOWN);
    } else if ((sessions_are_closed(shard) && arrivals_are_gone(shard)) || spent_ms > CLOSING_MS) {
        loop_stop(&shard->loop);
    }
}

static void on_stop(struct loop_task *task)
{
    struct shard *shard = LIST_ITEM(task, struct shard, stop_task);
    enter(shard, SHARD_DRAINING);
    http_jobs_refuse_all(shard);
    documents_stop(&shard->documents);
    shard_want_timer(shard, STOPPING_STEP_MS);
}

/* ---- the tick ---- */

static void on_tick(void *owner)
{
    struct shard *shard = owner;
    life_check(shard); /* what is not ours any more is dropped */
    do
        journal_post(&shard->documents); /* what the turn applied goes to the store */
    while (shard_take_done_at_once(shard));
    documents_broadcast(&shard->documents); /* what is committed goes to the outboxes */
    loop_flush(&shard->loop);               /* the outboxes go to the sockets */
    loop_reap(&shard->loop);                /* what was closed is freed */
    if (shard->phase != SHARD_RUNNING)
        step_down(shard);
    frame_builder_trim(&shard->frames);
    shard_end_turn(shard);
}

const struct shard_handlers turn_handlers = {
    .on_tick = on_tick, .on_wake = on_wake, .on_timer = on_timer, .document_events = &session_events};

/* ---- the thread ---- */

static void run(void *arg)
{
    struct shard *shard = arg;
    char name[16];
    snprintf(name, sizeof(name), "shard-%u", shard->index % 1000);
    crash_watch_thread(name);
    shard_want_timer(shard, 1); /* from then on each look asks for the next */
    loop_run(&shard->loop);
    shard_deinit(shard);
}

enum error turn_start(struct shard *shard)
{
    shard->stop_task.run = on_stop;
    return uv_thread_create(&shard->thread, run, shard) == 0 ? OK : ERR_NO_MEMORY;
}

void turn_stop(struct shard *shard)
{
    loop_post(&shard->loop, &shard->stop_task);
}

void turn_join(struct shard *shard)
{
    uv_thread_join(&shard->thread);
}
