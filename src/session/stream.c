#include "session/stream.h"

#include "base/hash.h"
#include "guard/random.h"

#include <stdlib.h>

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    buf_deinit(&stream->head);
    buf_deinit(&stream->name);
    buf_deinit(&stream->bearer);
    free(stream);
}

static enum error take_hello(struct joining *j, const struct stream *stream)
{
    enum error err = buf_append(&j->name, buf_slice(&stream->name));
    if (!err)
        err = buf_append(&j->link, buf_slice(&stream->bearer));
    if (!err)
        err = buf_append(&j->owner, buf_slice(&stream->bearer));
    j->has_link = j->has_owner = stream->has_bearer;
    return err;
}

enum error stream_begin(struct session *s, const struct stream *stream)
{
    struct joining *j = s->joining;
    struct frame *head = frame_new(buf_slice(&stream->head));
    enum error err = head ? take_hello(j, stream) : ERR_NO_MEMORY;
    if (!err)
        conn_send(s->conn, head);
    else
        conn_kill(s->conn);
    frame_unref(head);
    j->hello = (struct pad_hello){.version = PAD_V2,
                                  .token = random_id(),
                                  .has_epoch = stream->has_revision,
                                  .epoch = stream->epoch,
                                  .is_epoch_unknown = stream->has_revision && !stream->has_epoch,
                                  .revision = stream->revision,
                                  .name = buf_slice(&j->name),
                                  .hue = (uint16_t)(hash_bytes(0, buf_slice(&j->name)) % PAD_HUES),
                                  .is_unseen = j->name.len == 0};
    return OK; /* one that was killed ends as any other does */
}
