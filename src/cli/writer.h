/* writer.h - a participant that comes to write: it waits for the text, makes its
 * change, and goes when the server holds it. What put, append and edit share. */
#ifndef KOLABPAD_CLI_WRITER_H
#define KOLABPAD_CLI_WRITER_H

#include "cli/call.h"
#include "cli/participant.h"

struct writer;

struct writer_events {
    /* The text is here and may be changed: called once. */
    void (*ready)(struct writer *w);
    /* What has changed besides, as enum client_news; may be NULL. */
    void (*news)(struct writer *w, unsigned news);
    /* What others did to the text; may be NULL. Between two calls the shown text (client.h)
     * is client_text(). */
    void (*changed)(struct writer *w, struct op_view change);
    /* All is with the server, and the client still there: prints what there is to print. NULL:
     * the revision, where --json asks for it. */
    enum exit_code (*finished)(struct writer *w);
};

struct writer {
    struct participant participant;
    struct call *call;
    const struct writer_events *events;
    enum exit_code code;
    bool is_ready; /* ready() was called */
    bool is_last;  /* no other change follows those that were made */
    bool is_over;  /* the loop may end */
};

/* Joins. EXIT_DONE, or what was told. */
enum exit_code writer_join(struct writer *w, struct call *call, const struct writer_events *events);

/* Changes the shown text. False, and it is over, when that cannot be. */
bool writer_edit(struct writer *w, struct op_view op);

/* No other change follows: it is over once the server holds all of them. */
void writer_is_done(struct writer *w);

/* It is over, with this code, whatever is on its way. */
void writer_stop(struct writer *w, enum exit_code code);

/* Lets the loop turn until it is over, prints, and leaves. */
enum exit_code writer_finish(struct writer *w);

/* The name by which the others see this call: --name, KOLABPAD_NAME, else "Terminal". */
struct slice writer_name(const struct call *call);
/* How this call takes part in its pad. */
struct participant_config writer_config(struct call *call);

#endif
