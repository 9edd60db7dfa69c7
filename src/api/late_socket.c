#include "api/late_socket.h"

#include "session/start.h"

#include <unistd.h>

/* ---- the connection ---- */

static void leave(struct late_socket *socket)
{
    late_socket_uncount(socket);
    socket->handlers->on_gone(socket);
}

static void on_closed(void *owner, const struct conn_end *end)
{
    (void)end;
    leave(owner);
}

static void on_message(void *owner, struct slice text)
{
    (void)owner, (void)text; /* there are none */
}

static void on_drain(void *owner)
{
    (void)owner; /* it is all written, and the connection closes by itself */
}

static const struct conn_handlers handlers = {
    .on_message = on_message, .on_drain = on_drain, .on_closed = on_closed};

/* ---- on its way ---- */

static void arrive(struct loop_task *task)
{
    struct late_socket *socket = LIST_ITEM(task, struct late_socket, task);
    struct loop *loop = &socket->shard->loop;
    if (socket->fd < 0 || conn_open_stream(loop, socket->fd, false, &handlers, socket, &socket->conn))
        leave(socket);
    else
        socket->handlers->on_arrived(socket);
}

/* On the HTTP server's thread, or the shard's. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct late_socket *socket = arg;
    (void)already_read;
    socket->fd = fd;
    if (loop_post(&socket->shard->loop, &socket->task))
        return;
    if (fd >= 0)
        close(fd);
    late_socket_uncount(socket);
    if (socket->handlers->on_stranded)
        socket->handlers->on_stranded(socket);
}

/* ---- what its owner does ---- */

enum error late_socket_count(struct late_socket *socket, struct shard *shard, const struct http_request *http,
                             const struct late_socket_handlers *their_handlers)
{
    enum error err = session_count(shard->limits, http->client, http->is_relayed);
    if (err)
        return err;
    *socket = (struct late_socket){.task.run = arrive,
                                   .shard = shard,
                                   .handlers = their_handlers,
                                   .client = http->client,
                                   .is_relayed = http->is_relayed,
                                   .fd = -1};
    return OK;
}

void late_socket_uncount(struct late_socket *socket)
{
    session_uncount(socket->shard->limits, socket->client, socket->is_relayed);
}

void late_socket_detach(struct late_socket *socket, struct http_request *http)
{
    http_detach(http, on_socket, socket);
}

void late_socket_answer(struct late_socket *socket, struct slice bytes, struct frame *body)
{
    struct frame *head = frame_new(bytes);
    if (!head) {
        conn_kill(socket->conn);
        return;
    }
    conn_send(socket->conn, head);
    frame_unref(head);
    if (body && body->len > 0)
        conn_send(socket->conn, body);
    conn_close(socket->conn, OK, (struct slice){0});
}
