#include "app/shard.h"

#include "app/access.h"
#include "app/broadcast.h"
#include "app/call.h"
#include "app/expiry.h"
#include "app/journal.h"
#include "app/persister.h"
#include "app/session.h"
#include "observe/crash.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LIVE_CHECK_MS = 1000,             /* how often live documents are looked at, at most */
    RESTING_CHECK_MS = 60 * 1000,     /* and those without sessions */
    SCRATCH_KEPT_BYTES = 1024 * 1024, /* scratch memory kept between turns */
    CLOSING_MS = 500,                 /* how long the shutdown waits for closing handshakes */
    DRAINING_MS = 5000,               /* and for a database that does not answer */
    OUTBOX_BYTES = 1024 * 1024,       /* may wait for a socket, whatever the number of frames */
};

int64_t shard_now_ms(struct shard *shard)
{
    if (shard->now_ms == 0)
        shard->now_ms = wall_now_ms();
    return shard->now_ms;
}

void shard_want_timer(struct shard *shard, int64_t in_ms)
{
    int64_t due_ms = loop_now_ms(&shard->loop) + in_ms;
    if (shard->timer_due_ms != 0 && shard->timer_due_ms <= due_ms)
        return;
    shard->timer_due_ms = due_ms;
    loop_set_timer(&shard->loop, in_ms < 1 ? 1 : in_ms);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Is it time for what is done every `step_ms` and next at *due_ms? Then sets the
 * next. A time further away than a step was set before the clock was put back. */
static bool is_due(const struct shard *shard, int64_t *due_ms, int64_t step_ms)
{
    int64_t left_ms = *due_ms - shard->now_ms;
    if (left_ms > 0 && left_ms <= step_ms)
        return false;
    *due_ms = shard->now_ms + step_ms;
    return true;
}

/* ---- answers of the store ---- */

/* Whether the database can be written is told in every document. */
static void tell_storage_state(struct shard *shard)
{
    bool is_failing = store_is_failing(shard->server->store);
    if (is_failing == shard->storage_failing)
        return;
    shard->storage_failing = is_failing;
    LIST_EACH (at, following, &shard->documents) {
        struct document *doc = LIST_ITEM(at, struct document, all_link);
        if (doc->state != DOCUMENT_READY)
            continue;
        pad_set_storage_failing(&doc->pad, is_failing);
        document_changed(doc);
        calls_release(doc);
    }
}

static void on_wake(void *owner)
{
    struct shard *shard = owner;
    struct link done;
    list_init(&done);
    store_take(shard->server->store, &shard->mailbox, &done);
    LIST_EACH (at, following, &done) {
        list_remove(at);
        struct store_request *req = LIST_ITEM(at, struct store_request, link);
        req->done(req);
    }
    tell_storage_state(shard);
}

static void wake(struct store_mailbox *box)
{
    struct shard *shard = box->owner;
    loop_wake(&shard->loop);
}

/* ---- the timer ---- */

static void check_hot(struct shard *shard)
{
    struct link hot;
    list_init(&hot);
    LIST_EACH (at, following, &shard->hot) {
        list_remove(at);
        list_append(&hot, at);
    }
    LIST_EACH (at, following, &hot) {
        struct document *doc = LIST_ITEM(at, struct document, hot_link);
        list_remove(&doc->hot_link);
        pad_tick(&doc->pad, shard->now_ms);
        document_changed(doc); /* goes back to hot if cursors still wait */
    }
}

static void close_v1(struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->version == PAD_V1)
            session_close(peer->owner, ERR_SHUTTING_DOWN,
                          "this client's history has become too long: reload");
    }
}

static void check_live(struct shard *shard)
{
    int64_t step_ms = earlier(LIVE_CHECK_MS, shard->config->persist_check_ms);
    if (is_due(shard, &shard->slow_check_ms, step_ms)) {
        LIST_EACH (at, following, &shard->live) {
            struct document *doc = LIST_ITEM(at, struct document, live_link);
            int64_t left_ms = doc->check_ms - shard->now_ms;
            if (left_ms > 0 && left_ms <= shard->config->persist_check_ms)
                continue;
            pad_tick(&doc->pad, shard->now_ms);
            if (pad_v1_overgrown(&doc->pad))
                close_v1(doc);
            persister_check(doc, shard->now_ms);
            document_changed(doc);
        }
    }
    shard_want_timer(shard, shard->slow_check_ms - shard->now_ms);
}

static void check_resting(struct shard *shard)
{
    int64_t step_ms = earlier(RESTING_CHECK_MS, shard->config->memory_retention_ms / 4 + 1);
    if (is_due(shard, &shard->resting_check_ms, step_ms)) {
        LIST_EACH (at, following, &shard->documents)
            persister_check_resting(LIST_ITEM(at, struct document, all_link), shard->now_ms);
    }
    shard_want_timer(shard, shard->resting_check_ms - shard->now_ms);
}

static void check_expiry(struct shard *shard)
{
    if (shard->index != 0 || shard->config->expiry_ms == 0)
        return;
    expiry_check(shard, shard->now_ms);
    shard_want_timer(shard,
                     earlier(shard->expiry_check_ms - shard->now_ms, shard->config->cleanup_interval_ms));
}

static void on_timer(void *owner)
{
    struct shard *shard = owner;
    int64_t now_ms = shard_now_ms(shard);
    shard->timer_due_ms = 0;
    check_hot(shard);
    if (shard->phase != SHARD_RUNNING) {
        shard_want_timer(shard, 10);
        return;
    }
    sessions_check_hello(shard, now_ms);
    check_live(shard);
    check_resting(shard);
    check_expiry(shard);
}

/* ---- stopping ---- */

static void close_sessions(struct link *sessions)
{
    LIST_EACH (at, following, sessions)
        session_close(LIST_ITEM(at, struct session, link), ERR_SHUTTING_DOWN, NULL);
}

/* Is everything of this shard in the database, as far as it will take it? What
 * is not is sent there; the documents are walked again only when all of that
 * has been answered. */
static bool is_written(struct shard *shard)
{
    if (shard->append_in_flight || shard->flushes_in_flight > 0 || !list_is_empty(&shard->to_journal) ||
        !list_is_empty(&shard->questions))
        return false;
    bool is_waiting = false;
    LIST_EACH (at, following, &shard->documents) {
        struct document *doc = LIST_ITEM(at, struct document, all_link);
        if (doc->state == DOCUMENT_READY)
            persister_write(doc, PERSIST_SHUTDOWN);
        is_waiting =
            is_waiting || doc->state == DOCUMENT_LOADING || doc->snapshots_in_flight > 0 || doc->protecting;
    }
    return !is_waiting;
}

static void enter(struct shard *shard, enum shard_phase phase)
{
    shard->phase = phase;
    shard->phase_ms = loop_now_ms(&shard->loop);
}

/* One step of stopping, at the end of each turn: write, then close, then end. */
static void step_down(struct shard *shard)
{
    int64_t spent_ms = loop_now_ms(&shard->loop) - shard->phase_ms;
    if (shard->phase == SHARD_DRAINING && (is_written(shard) || spent_ms > DRAINING_MS)) {
        enter(shard, SHARD_CLOSING);
        close_sessions(&shard->awaiting_hello);
        close_sessions(&shard->sessions);
    } else if (shard->phase == SHARD_CLOSING) {
        bool all_closed = list_is_empty(&shard->sessions) && list_is_empty(&shard->awaiting_hello);
        if (all_closed || spent_ms > CLOSING_MS)
            loop_stop(&shard->loop);
    }
}

static void begin_stop(struct loop_task *task)
{
    struct shard *shard = LIST_ITEM(task, struct shard, stop_task);
    enter(shard, SHARD_DRAINING);
    calls_refuse_all(shard);
    access_refuse_all(shard);
    shard_want_timer(shard, 10);
}

/* ---- the turn ---- */

static void broadcast(struct shard *shard)
{
    LIST_EACH (at, following, &shard->dirty) {
        struct document *doc = LIST_ITEM(at, struct document, dirty_link);
        list_remove(&doc->dirty_link);
        broadcast_document(doc);
        document_reap(doc); /* not where its last session left: somebody is looking at it there */
    }
}

static void trim_scratch(struct buf *scratch)
{
    if (scratch->cap > SCRATCH_KEPT_BYTES)
        buf_deinit(scratch);
}

static void on_tick(void *owner)
{
    struct shard *shard = owner;
    journal_post(shard);      /* what the turn applied goes to the store */
    broadcast(shard);         /* what is committed goes to the outboxes */
    loop_flush(&shard->loop); /* the outboxes go to the sockets */
    loop_reap(&shard->loop);  /* what was closed is freed */
    if (shard->phase != SHARD_RUNNING)
        step_down(shard);
    trim_scratch(&shard->payload);
    trim_scratch(&shard->framed);
    shard->now_ms = 0; /* the next turn reads the clock anew */
}

/* ---- life ---- */

static struct conn_limits limits_of(const struct config *config)
{
    return (struct conn_limits){.message_bytes_max =
                                    (size_t)config->max_document_bytes + MESSAGE_OVERHEAD_BYTES,
                                .outbox_frames = config->outbox_frames,
                                .outbox_bytes = OUTBOX_BYTES,
                                .heartbeat_ms = config->heartbeat_ms,
                                .dead_ms = config->heartbeat_ms * 3,
                                .read_timeout_ms = config->read_timeout_ms,
                                .write_timeout_ms = config->write_timeout_ms,
                                .close_timeout_ms = 1000};
}

static void drop_all(struct shard *shard)
{
    LIST_EACH (at, following, &shard->documents)
        document_drop(LIST_ITEM(at, struct document, all_link));
}

void shard_deinit(struct shard *shard)
{
    loop_deinit(&shard->loop); /* ends what connections are left */
    drop_all(shard);
    client_decoder_deinit(&shard->decoder);
    buf_deinit(&shard->payload);
    buf_deinit(&shard->framed);
}

static void run(void *arg)
{
    struct shard *shard = arg;
    char name[16];
    snprintf(name, sizeof(name), "shard-%u", shard->index % 1000);
    crash_watch_thread(name);
    loop_run(&shard->loop);
    shard_deinit(shard);
}

enum error shard_start(struct shard *shard)
{
    return uv_thread_create(&shard->thread, run, shard) == 0 ? OK : ERR_NO_MEMORY;
}

enum error shard_init(struct shard *shard, struct server *server, uint32_t index)
{
    *shard = (struct shard){.server = server, .config = server->config, .index = index};
    struct link *lists[] = {&shard->documents, &shard->live,      &shard->to_journal,
                            &shard->dirty,     &shard->hot,       &shard->awaiting_hello,
                            &shard->sessions,  &shard->questions, &shard->calls};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        list_init(lists[i]);
    store_mailbox_init(&shard->mailbox, wake, shard);
    struct conn_limits limits = limits_of(server->config);
    enum error err = loop_init(&shard->loop, &limits, on_tick, on_wake, shard);
    if (err)
        return err;
    shard->loop.on_timer = on_timer;
    shard->stop_task.run = begin_stop;
    shard->expiry_check_ms = shard_now_ms(shard) + 1000;
    shard_want_timer(shard, 1);
    return OK;
}

void shard_stop(struct shard *shard)
{
    loop_post(&shard->loop, &shard->stop_task);
}

void shard_join(struct shard *shard)
{
    uv_thread_join(&shard->thread);
}
