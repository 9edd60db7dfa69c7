#include "session/follow.h"

#include "session/start.h"

static void on_socket(void *arg, int fd, struct slice already_read)
{
    struct session_request *request = arg;
    (void)already_read;
    request->fd = fd;
    if (fd < 0 || !loop_post(&request->shard->loop, &request->task))
        session_request_free(request);
}

enum error session_follow(struct shard *shard, struct http_request *http, struct slice id,
                          struct slice password, struct stream *stream)
{
    enum error err = session_count(shard->limits, http->client, http->is_relayed);
    if (err) {
        stream_free(stream);
        return err;
    }
    struct session_request *request = session_request_new(shard, PAD_V2, http->client, id, password);
    if (!request) {
        session_uncount(shard->limits, http->client, http->is_relayed);
        stream_free(stream);
        return ERR_NO_MEMORY;
    }
    request->is_relayed = http->is_relayed;
    request->stream = stream;
    http_detach(http, on_socket, request);
    return OK;
}
