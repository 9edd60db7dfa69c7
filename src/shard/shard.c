#include "shard/shard.h"

#include "doc/maintenance.h"

enum {
    MESSAGE_OVERHEAD_BYTES = 64 * 1024, /* a message may be that much larger than a document */
    OUTBOX_BYTES = 1024 * 1024,         /* may wait for a socket, whatever the number of frames */
    CLOSE_TIMEOUT_MS = 1000,
    UNTAKEN_EXTRA_MS = 10 * 1000, /* a tunnel leaves slow readers to the server that has the document */
};

/* ---- the clock and the timer ---- */

int64_t shard_now_ms(const struct shard *shard)
{
    return loop_now_ms(&shard->loop);
}

int64_t shard_wall_ms(struct shard *shard)
{
    if (!shard->has_wall)
        shard->wall_ms = wall_now_ms();
    shard->has_wall = true;
    return shard->wall_ms;
}

void shard_end_turn(struct shard *shard)
{
    shard->has_wall = false;
}

void shard_want_timer(struct shard *shard, int64_t in_ms)
{
    int64_t due_ms = loop_now_ms(&shard->loop) + in_ms;
    if (shard->timer_due_ms != 0 && shard->timer_due_ms <= due_ms)
        return;
    shard->timer_due_ms = due_ms;
    loop_set_timer(&shard->loop, in_ms < 1 ? 1 : in_ms);
}

void shard_timer_came(struct shard *shard)
{
    shard->timer_due_ms = 0;
}

/* ---- the store ---- */

static void wake(struct store_mailbox *box)
{
    struct shard *shard = box->owner;
    loop_wake(&shard->loop);
}

void shard_take_answers(struct shard *shard)
{
    struct link answered;
    list_init(&answered);
    store_take(shard->store, &shard->mailbox, &answered);
    LIST_EACH (at, following, &answered) {
        struct store_request *req = LIST_ITEM(at, struct store_request, link);
        list_remove(at);
        req->done(req);
    }
    documents_set_storage_failing(&shard->documents, store_is_failing(shard->store));
}

bool shard_take_done_at_once(struct shard *shard)
{
    bool is_any = !list_is_empty(&shard->done_at_once);
    LIST_EACH (at, following, &shard->done_at_once) {
        struct store_request *req = LIST_ITEM(at, struct store_request, link);
        list_remove(at);
        req->done(req);
    }
    return is_any;
}

/* ---- what the documents need (doc/documents.h) ---- */

static int64_t host_now_ms(void *owner)
{
    return shard_now_ms(owner);
}

static int64_t host_wall_ms(void *owner)
{
    return shard_wall_ms(owner);
}

static void host_want_timer(void *owner, int64_t in_ms)
{
    shard_want_timer(owner, in_ms);
}

/* A lone edit is committed on the spot where the store lets it: two threads need not be
 * woken for it. */
static void host_post(void *owner, struct store_request *req)
{
    struct shard *shard = owner;
    if (req->kind == STORE_APPEND && store_try(shard->store, req)) {
        list_append(&shard->done_at_once, &req->link);
        return;
    }
    req->reply_to = req->done ? &shard->mailbox : NULL;
    store_post(shard->store, req);
}

static bool host_lease_is_over(void *owner)
{
    const struct shard *shard = owner;
    return store_lease_left_ms(shard->store) == 0;
}

static const struct documents_host host = {.now_ms = host_now_ms,
                                           .wall_ms = host_wall_ms,
                                           .want_timer = host_want_timer,
                                           .post = host_post,
                                           .lease_is_over = host_lease_is_over};

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
                                .close_timeout_ms = CLOSE_TIMEOUT_MS};
}

enum error shard_init(struct shard *shard, const struct document_policy *policy,
                      const struct shard_handlers *handlers)
{
    documents_init(&shard->documents, policy, &host, handlers->document_events, shard, shard->limits);
    list_init(&shard->awaiting_hello);
    list_init(&shard->sessions);
    list_init(&shard->arrivals);
    list_init(&shard->http_jobs);
    list_init(&shard->done_at_once);
    store_mailbox_init(&shard->mailbox, wake, shard);
    struct conn_limits limits = limits_of(shard->config);
    enum error err = loop_init(&shard->loop, &limits, handlers->on_tick, handlers->on_wake, shard);
    if (err)
        return err;
    shard->loop.on_timer = handlers->on_timer;
    upstreams_init(&shard->upstreams, &shard->loop);
    tunnels_init(&shard->tunnels, &shard->loop, shard->config->write_timeout_ms + UNTAKEN_EXTRA_MS);
    return OK;
}

void shard_deinit(struct shard *shard)
{
    upstreams_close(&shard->upstreams);
    tunnels_close(&shard->tunnels);
    loop_deinit(&shard->loop); /* ends what connections are left, which detaches them from documents */
    documents_close(&shard->documents);
    client_decoder_deinit(&shard->decoder);
    frame_builder_deinit(&shard->frames);
    owners_deinit(&shard->owners);
}

void shard_free_answers(struct shard *shard)
{
    struct link answered;
    list_init(&answered);
    store_take(NULL, &shard->mailbox, &answered);
    LIST_EACH (at, following, &answered) {
        list_remove(at);
        store_request_free(LIST_ITEM(at, struct store_request, link));
    }
}
