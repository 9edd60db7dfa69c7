/* new.c - kolabpad new: makes a pad and prints its address. The pad is there with its first
 * edit, as one that the page makes; an empty one is an address alone. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/language.h"
#include "cli/print.h"
#include "cli/writer.h"

#include <jansson.h>
#include <unistd.h>

struct new_pad {
    struct writer writer;
    struct buf text;
};

/* A language is no edit that the client counts: it is set when the server says so. */
static void note_language(struct writer *w, unsigned news)
{
    const char *wanted = w->call->options.language;
    struct slice language = client_language(w->participant.client);
    (void)news;
    if (w->is_ready && (!wanted || slice_equal(language, slice_from_cstr(wanted))))
        writer_is_done(w);
}

static void fill(struct writer *w)
{
    struct new_pad *n = lws_container_of(w, struct new_pad, writer);
    const char *language = w->call->options.language;
    struct op op = {0};
    enum error err = n->text.len > 0 ? op_insert(&op, buf_slice(&n->text)) : OK;
    if (!err && language)
        err = client_set_language(w->participant.client, slice_from_cstr(language));
    if (err)
        writer_stop(w, say(EXIT_REFUSED, "%s", error_text(err)));
    else if (n->text.len > 0)
        writer_edit(w, op_view(&op));
    op_deinit(&op);
}

/* The owner's token is told to nobody else, and once. */
static enum exit_code print_as_json(const struct writer *w, struct slice url)
{
    const struct client *c = w->participant.client;
    struct slice owner = client_owner(c);
    json_t *made = json_pack("{s:s, s:s%, s:I}", "id", w->call->address.id, "url", url.ptr, url.len,
                             "revision", (json_int_t)client_revision(c));
    if (owner.len > 0)
        json_object_set_new(made, "owner", json_stringn(owner.ptr, owner.len));
    enum exit_code code = print_value(made);
    json_decref(made);
    return code;
}

static enum exit_code print_made(struct writer *w)
{
    struct buf url = {0};
    enum exit_code code = EXIT_DONE;
    if (address_print(&w->call->address, slice_from_cstr(w->call->address.id), &url))
        code = say_no_memory();
    else if (w->call->options.json)
        code = print_as_json(w, buf_slice(&url));
    else
        code = buf_append(&url, SLICE("\n")) ? say_no_memory() : print_bytes(buf_slice(&url));
    buf_deinit(&url);
    return code;
}

/* The text: that of a file; of standard input unless that is a terminal. */
static enum exit_code read_text(const struct call *call, struct buf *out)
{
    if (!call->arguments[0] && isatty(STDIN_FILENO))
        return EXIT_DONE;
    return input_read(call->arguments[0], out);
}

enum exit_code new_run(struct call *call)
{
    static const struct writer_events events = {.ready = fill, .news = note_language, .finished = print_made};
    struct new_pad n = {.text = {0}};
    const char *language = call->options.language;
    if (language && !language_is_good(slice_from_cstr(language)))
        return say(EXIT_USAGE, "\"%s\" is no name of a language", language);
    enum exit_code code = read_text(call, &n.text);
    if (!code) {
        address_make_pad(&call->address);
        code = writer_join(&n.writer, call, &events);
    }
    if (!code)
        code = writer_finish(&n.writer);
    buf_deinit(&n.text);
    return code;
}
