#include "cli/replace.h"

#include "cli/writer.h"

struct replacement {
    struct writer writer;
    struct slice text;
};

static void replace(struct writer *w)
{
    struct replacement *r = lws_container_of(w, struct replacement, writer);
    struct client *c = w->participant.client;
    struct buf shown = {0};
    enum error err = rope_read(client_text(c), 0, rope_size(client_text(c)).points, &shown);
    if (!err)
        err = client_replace(c, buf_slice(&shown), r->text);
    buf_deinit(&shown);
    if (err)
        writer_stop(w, say(EXIT_REFUSED, "%s", error_text(err)));
    else
        writer_is_done(w);
}

enum exit_code replace_text(struct call *call, struct slice text)
{
    static const struct writer_events events = {.ready = replace};
    struct replacement r = {.text = text};
    enum exit_code code = writer_join(&r.writer, call, &events);
    return code ? code : writer_finish(&r.writer);
}
