#include "api/client_tunnel.h"

#include <stdlib.h>
#include <unistd.h>

/* Made on the shard's thread, filled in on the HTTP server's, and back. */
struct client_tunnel {
    struct loop_task task;
    struct shard *shard;
    struct address client;
    uint64_t peer;
    int server_fd, client_fd; /* -1: not ours */
    struct buf from_server, from_client;
};

static void give_up(struct client_tunnel *t)
{
    limits_disconnect(t->shard->limits, t->client);
    if (t->server_fd >= 0)
        close(t->server_fd);
    if (t->client_fd >= 0)
        close(t->client_fd);
    buf_deinit(&t->from_server);
    buf_deinit(&t->from_client);
    free(t);
}

static void on_closed(void *owner)
{
    give_up(owner);
}

/* On the shard's thread, with both sockets. */
static void join_ends(struct loop_task *task)
{
    struct client_tunnel *t = LIST_ITEM(task, struct client_tunnel, task);
    struct buf from_client = t->from_client, from_server = t->from_server;
    struct tunnel_ends ends = {.client = t->client_fd,
                               .server = t->server_fd,
                               .from_client = buf_slice(&from_client),
                               .from_server = buf_slice(&from_server),
                               .peer = t->peer,
                               .on_closed = on_closed,
                               .owner = t};
    t->client_fd = t->server_fd = -1; /* the tunnel's, also on failure */
    t->from_client = t->from_server = (struct buf){0};
    if (tunnel_open(&t->shard->tunnels, &ends))
        give_up(t);
    buf_deinit(&from_client); /* the tunnel has a copy, if it is still there */
    buf_deinit(&from_server);
}

/* The HTTP server has answered and lets go of the socket; -1: it could not. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct client_tunnel *t = arg;
    t->client_fd = fd;
    bool is_posted =
        fd >= 0 && !buf_append(&t->from_client, already_read) && loop_post(&t->shard->loop, &t->task);
    if (!is_posted)
        give_up(t);
}

static struct client_tunnel *tunnel_new(struct shard *shard, struct address client, uint64_t peer,
                                        const struct upstream_answer *upgraded)
{
    struct client_tunnel *t = calloc(1, sizeof(*t));
    if (!t || buf_append(&t->from_server, upgraded->body)) {
        free(t);
        close(upgraded->fd);
        return NULL;
    }
    t->task.run = join_ends;
    t->shard = shard;
    t->client = client;
    t->peer = peer;
    t->server_fd = upgraded->fd;
    t->client_fd = -1;
    return t;
}

enum error client_tunnel_begin(struct shard *shard, struct http_request *http, uint64_t peer,
                               const struct upstream_answer *upgraded)
{
    const struct response_head *head = &upgraded->head;
    struct client_tunnel *t = tunnel_new(shard, http->client, peer, upgraded);
    if (!t)
        return ERR_NO_MEMORY;
    http_upgrade(http, response_head_field(head, SLICE("Sec-WebSocket-Protocol")),
                 response_head_field(head, SLICE("Sec-WebSocket-Extensions")), on_socket, t);
    return OK;
}

void client_tunnel_join(struct shard *shard, struct address client, int client_fd, struct slice from_client,
                        uint64_t peer, const struct upstream_answer *upgraded)
{
    struct client_tunnel *t = tunnel_new(shard, client, peer, upgraded);
    if (!t) {
        close(client_fd);
        limits_disconnect(shard->limits, client);
        return;
    }
    t->client_fd = client_fd;
    if (buf_append(&t->from_client, from_client))
        give_up(t);
    else
        join_ends(&t->task);
}

/* What the client is told first: a head of our own, and what that server said behind its own. */
static enum error begin_with_head(struct client_tunnel *t, struct http_request *http, struct slice body)
{
    struct http_response response = {.status = 200, .content_type = "text/event-stream"};
    buf_clear(&t->from_server);
    enum error err = http_write_head(http, &response, -1, &t->from_server);
    return err ? err : buf_append(&t->from_server, body);
}

enum error client_tunnel_begin_stream(struct shard *shard, struct http_request *http, uint64_t peer,
                                      const struct upstream_answer *streamed)
{
    struct client_tunnel *t = tunnel_new(shard, http->client, peer, streamed);
    if (!t)
        return ERR_NO_MEMORY;
    enum error err = begin_with_head(t, http, streamed->body);
    if (err) { /* the connection of the client is still counted */
        close(t->server_fd);
        buf_deinit(&t->from_server);
        free(t);
        return err;
    }
    http_detach(http, on_socket, t);
    return OK;
}
