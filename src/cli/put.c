/* put.c - kolabpad put: makes the pad's text that of a file. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/writer.h"

struct put {
    struct writer writer;
    struct buf text;
};

static void replace(struct writer *w)
{
    struct put *put = lws_container_of(w, struct put, writer);
    struct client *c = w->participant.client;
    struct buf shown = {0};
    enum error err = rope_read(client_text(c), 0, rope_size(client_text(c)).points, &shown);
    if (!err)
        err = client_replace(c, buf_slice(&shown), buf_slice(&put->text));
    buf_deinit(&shown);
    if (err)
        writer_stop(w, say(EXIT_REFUSED, "%s", error_text(err)));
    else
        writer_is_done(w);
}

enum exit_code put_run(struct call *call)
{
    static const struct writer_events events = {.ready = replace};
    struct put put = {0};
    enum exit_code code = input_read(call->arguments[0], &put.text);
    if (!code)
        code = writer_join(&put.writer, call, &events);
    if (!code)
        code = writer_finish(&put.writer);
    buf_deinit(&put.text);
    return code;
}
