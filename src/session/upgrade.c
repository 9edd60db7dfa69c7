#include "session/upgrade.h"

#include "net/deflate.h"
#include "session/start.h"

const struct slice session_protocol_v2 = {"kolabpad.v2", 11};

/* The HTTP server has answered and lets go of the socket; -1: it could not. */
static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct session_request *request = arg;
    request->fd = fd;
    bool is_posted = fd >= 0 && !buf_append(&request->already_read, already_read) &&
                     loop_post(&request->shard->loop, &request->task);
    if (!is_posted)
        session_request_free(request);
}

enum error session_upgrade(struct shard *shard, struct http_request *http, enum pad_version version,
                           struct slice id, struct slice password, bool is_by_link)
{
    enum error err = session_count(shard->limits, http->client, http->is_relayed);
    if (err)
        return err;
    struct session_request *request = session_request_new(shard, version, http->client, id, password);
    if (!request) {
        session_uncount(shard->limits, http->client, http->is_relayed);
        return ERR_NO_MEMORY;
    }
    request->is_relayed = http->is_relayed;
    request->is_by_link = is_by_link;
    request->compresses = http_offers_compression(http);
    http_upgrade(http, version == PAD_V2 ? session_protocol_v2 : (struct slice){0},
                 request->compresses ? deflate_accepted : (struct slice){0}, on_socket, request);
    return OK;
}
