#include "api/arrival.h"

#include "api/arrival_tunnel.h"
#include "doc/link_find.h"
#include "doc/open.h"
#include "net/deflate.h"
#include "observe/metrics.h"
#include "session/start.h"
#include "session/upgrade.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LOCATED_MAX = 3
}; /* servers that are asked for the document: it may move meanwhile, and hardly twice */

/* Where it is on its way is told by what it has: `conn` while it is heard, and `is_finding` while the store
 * is asked whose link it is; then `fd` and `id`, and `open` or `tunnel` while its document is looked for. */
struct arrival {
    struct link link;      /* shard->arrivals, oldest first; in no list on its way between threads */
    struct loop_task task; /* to its first shard, then to the document's */
    struct shard *shard;
    struct address client; /* counted: session_count */
    bool compresses;       /* agreed in the handshake */
    int64_t opened_ms;
    struct conn *conn; /* NULL: not open yet, or released */
    struct link_find find;
    bool is_finding; /* it has said Hello, and `find` is under way */
    struct buf read; /* everything it has sent */
    int fd;          /* -1: the conn's, or nobody's */
    struct buf id;   /* of the document */
    struct open *open;
    struct arrival_tunnel *tunnel;
    uint32_t located; /* how often another server was asked */
    bool is_guess;    /* the last time by what the shard remembered, and not the database */
};

/* ---- the end ---- */

static void arrival_free(struct arrival *a)
{
    list_remove(&a->link);
    link_find_cancel(&a->find);
    open_cancel(a->open);
    arrival_tunnel_cancel(a->tunnel);
    if (a->fd >= 0)
        close(a->fd);
    buf_deinit(&a->read);
    buf_deinit(&a->id);
    free(a);
}

/* It ends here, and is counted no more. */
static void give_up(struct arrival *a)
{
    session_uncount(a->shard->limits, a->client, false);
    arrival_free(a);
}

/* ---- at the document's shard ---- */

/* The session tells the client what is the matter, if anything is: there are words for it there. */
static void start_session(struct arrival *a, enum error refusal)
{
    struct session_request *request =
        session_request_new(a->shard, PAD_V2, a->client, buf_slice(&a->id), (struct slice){0});
    if (!request) {
        give_up(a);
        return;
    }
    request->is_by_link = true;
    request->refusal = refusal;
    request->compresses = a->compresses;
    request->fd = a->fd;
    request->already_read = a->read;
    a->fd = -1;
    a->read = (struct buf){0};
    arrival_free(a);
    session_start(&request->task);
}

static void locate(struct arrival *a);

static void on_tunnel(void *arg, enum forward_outcome outcome)
{
    struct arrival *a = arg;
    a->tunnel = NULL;
    if (outcome == FORWARD_ANSWERED) { /* the socket is the tunnel's, which counts it from now on */
        a->fd = -1;
        arrival_free(a);
        return;
    }
    owners_forget(&a->shard->owners, buf_slice(&a->id));
    bool may_ask_again = outcome == FORWARD_MISDIRECTED || (outcome == FORWARD_UNREACHED && a->is_guess);
    if (may_ask_again && a->located < LOCATED_MAX)
        locate(a);
    else
        start_session(a, ERR_ELSEWHERE);
}

static void send_on(struct arrival *a, const struct store_owner *to)
{
    struct arrival_tunnel_request request = {.shard = a->shard,
                                             .client = a->client,
                                             .to = *to,
                                             .id = buf_slice(&a->id),
                                             .compresses = a->compresses,
                                             .fd = a->fd,
                                             .read = buf_slice(&a->read),
                                             .done = on_tunnel,
                                             .arg = a};
    a->located++;
    enum error err = arrival_tunnel_begin(&request, &a->tunnel);
    if (err)
        start_session(a, err);
}

static void on_located(void *owner, const struct open_result *result)
{
    struct arrival *a = owner;
    struct shard *shard = a->shard;
    a->open = NULL;
    if (result->err != ERR_ELSEWHERE) {
        start_session(a, OK); /* which opens the document, and says what is the matter if that fails */
        return;
    }
    owners_remember(&shard->owners, buf_slice(&a->id), &result->owner, shard_now_ms(shard));
    a->is_guess = false;
    send_on(a, &result->owner);
}

/* Has another server the document? */
static void locate(struct arrival *a)
{
    struct shard *shard = a->shard;
    struct slice id = buf_slice(&a->id);
    struct store_owner owner;
    a->is_guess = a->located == 0 && owners_find(&shard->owners, id, shard_now_ms(shard), &owner) &&
                  !document_find(&shard->documents, id);
    if (a->is_guess) {
        send_on(a, &owner);
        return;
    }
    struct open_request request = {.id = id,
                                   .client = a->client,
                                   .goal = OPEN_PEEK,
                                   .password_follows = true,
                                   .done = on_located,
                                   .owner = a};
    struct open *open = document_open(&shard->documents, &request);
    if (open) /* otherwise it was answered, and the arrival may be gone */
        a->open = open;
}

static void arrive(struct loop_task *task)
{
    struct arrival *a = LIST_ITEM(task, struct arrival, task);
    list_append(&a->shard->arrivals, &a->link);
    if (server_is_shared(a->shard->server))
        locate(a);
    else
        start_session(a, OK);
}

/* ---- whose link it is ---- */

static void go_to_document(struct arrival *a)
{
    struct shard *shard = server_shard_of(a->shard->server, buf_slice(&a->id));
    list_remove(&a->link);
    metric_add(METRIC_CONNECTIONS, -1);
    a->conn = NULL;
    a->shard = shard;
    a->task.run = arrive;
    if (!loop_post(&shard->loop, &a->task))
        give_up(a);
}

static void refuse(struct arrival *a, enum error why, const char *reason)
{
    metric_rejected(why);
    conn_close(a->conn, why, slice_from_cstr(reason ? reason : error_text(why)));
}

static void leave_for(struct arrival *a, struct slice id)
{
    if (buf_append(&a->id, id)) {
        refuse(a, ERR_NO_MEMORY, NULL);
        return;
    }
    a->fd = conn_release(a->conn);
    if (a->fd >= 0)
        go_to_document(a);
    else /* it is closing, or takes no pongs */
        conn_close(a->conn, ERR_SLOW_READER, (struct slice){0});
}

/* Perhaps inside link_find_begin, where it is an error. */
static void on_found(struct link_find *find, enum error err, struct slice id)
{
    struct arrival *a = LIST_ITEM(find, struct arrival, find);
    a->is_finding = false;
    if (err)
        refuse(a, err, NULL);
    else
        leave_for(a, id);
}

static void find(struct arrival *a, struct slice token)
{
    a->find.client = a->client;
    a->find.done = on_found;
    a->is_finding = true;
    link_find_begin(&a->shard->documents, token, &a->find);
}

/* ---- the Hello ---- */

static enum error take_hello(struct arrival *a, struct slice text, const char **detail)
{
    struct client_message m;
    struct shard *shard = a->shard;
    enum error err = client_decode(&shard->decoder, PAD_V2, text, &m, detail);
    if (err)
        return err;
    *detail = NULL;
    if (m.kind != CLIENT_HELLO)
        *detail = "say Hello first";
    else if (!m.hello.link.ptr)
        *detail = "Hello: link is missing";
    if (*detail)
        return ERR_BAD_MESSAGE;
    find(a, m.hello.link);
    return OK;
}

/* What comes behind the Hello is for the session to judge, which reads it all again. */
static void on_message(void *owner, struct slice text)
{
    struct arrival *a = owner;
    const char *detail = NULL;
    if (a->is_finding)
        return;
    enum error err = take_hello(a, text, &detail);
    if (err)
        refuse(a, err, detail);
    else if (a->is_finding)
        conn_pause(a->conn);
}

static void on_bytes(void *owner, struct slice bytes)
{
    struct arrival *a = owner;
    if (conn_is_closing(a->conn))
        return;
    if (a->read.len + bytes.len > a->shard->loop.limits.message_bytes_max)
        refuse(a, ERR_MESSAGE_TOO_LARGE, NULL);
    else if (buf_append(&a->read, bytes))
        refuse(a, ERR_NO_MEMORY, NULL);
}

static void on_drain(void *owner)
{
    (void)owner;
}

static void on_closed(void *owner, const struct conn_end *end)
{
    struct arrival *a = owner;
    (void)end;
    metric_add(METRIC_CONNECTIONS, -1);
    give_up(a);
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed, .on_bytes = on_bytes};

/* ---- the beginning ---- */

/* On its first shard. `read` is what came behind the handshake, and is read as if it came now. */
static void hear(struct loop_task *task)
{
    struct arrival *a = LIST_ITEM(task, struct arrival, task);
    struct shard *shard = a->shard;
    struct buf already_read = a->read;
    int fd = a->fd;
    a->read = (struct buf){0};
    a->fd = -1; /* conn_open closes it on failure */
    enum error err = conn_open(&shard->loop, fd, buf_slice(&already_read), &handlers, a, &a->conn);
    buf_deinit(&already_read);
    if (err) {
        give_up(a);
        return;
    }
    if (a->compresses)
        conn_set_compressed(a->conn);
    metric_inc(METRIC_CONNECTIONS);
    a->opened_ms = shard_now_ms(shard);
    list_append(&shard->arrivals, &a->link);
    shard_want_timer(shard, shard->config->hello_timeout_ms);
    if (shard->documents.is_stopping)
        refuse(a, ERR_SHUTTING_DOWN, NULL);
}

/* The HTTP server has answered and lets go of the socket; -1: it could not. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct arrival *a = arg;
    a->fd = fd;
    bool is_posted = fd >= 0 && !buf_append(&a->read, already_read) && loop_post(&a->shard->loop, &a->task);
    if (!is_posted)
        give_up(a);
}

static struct arrival *arrival_new(struct shard *shard, const struct http_request *request)
{
    struct arrival *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    list_init(&a->link);
    a->task.run = hear;
    a->shard = shard;
    a->client = request->client;
    a->compresses = http_offers_compression(request);
    a->fd = -1;
    return a;
}

static enum error upgrade(struct shard *shard, struct http_request *request)
{
    enum error err = session_count(shard->limits, request->client, false);
    if (err)
        return err;
    struct arrival *a = arrival_new(shard, request);
    if (!a) {
        session_uncount(shard->limits, request->client, false);
        return ERR_NO_MEMORY;
    }
    http_upgrade(request, session_protocol_v2, a->compresses ? deflate_accepted : (struct slice){0},
                 on_socket, a);
    return OK;
}

/* Which shard hears it does not matter: they take turns. */
void arrival_begin(struct api *api, struct http_request *request)
{
    static _Atomic uint32_t next;
    uint32_t index = atomic_fetch_add(&next, 1) % server_shard_count(api->server);
    enum error err = upgrade(server_shard(api->server, index), request);
    if (!err)
        return;
    metric_rejected(err);
    http_respond_error(request, err);
}

/* ---- all of a shard ---- */

void arrivals_check_hello(struct shard *shard)
{
    int64_t now_ms = shard_now_ms(shard), timeout_ms = shard->config->hello_timeout_ms;
    LIST_EACH (at, following, &shard->arrivals) {
        struct arrival *a = LIST_ITEM(at, struct arrival, link);
        int64_t left_ms = a->opened_ms + timeout_ms - now_ms;
        bool is_silent = a->conn && !a->is_finding && !conn_is_closing(a->conn);
        if (is_silent && left_ms > 0)
            shard_want_timer(shard, left_ms);
        else if (is_silent)
            conn_close(a->conn, ERR_IDLE, SLICE("no Hello came in time"));
    }
}

void arrivals_close_all(struct shard *shard, enum error why)
{
    LIST_EACH (at, following, &shard->arrivals) {
        struct arrival *a = LIST_ITEM(at, struct arrival, link);
        if (a->conn)
            conn_close(a->conn, why, (struct slice){0});
        else
            start_session(a, why);
    }
}

bool arrivals_are_gone(const struct shard *shard)
{
    return list_is_empty(&shard->arrivals);
}
