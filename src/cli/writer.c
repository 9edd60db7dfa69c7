#include "cli/writer.h"

#include "cli/print.h"

#include <stdlib.h>

static struct writer *writer_of(struct participant *p)
{
    return lws_container_of(p, struct writer, participant);
}

void writer_stop(struct writer *w, enum exit_code code)
{
    if (w->is_over)
        return;
    w->is_over = true;
    w->code = code;
}

/* Refusals of the moment are tried again by the client. */
static bool is_refused_for_good(const struct client *c)
{
    const struct refusal *refusal = client_refusal(c);
    if (!refusal)
        return false;
    struct slice code = slice_from_cstr(refusal->code);
    return !slice_equal(code, SLICE("rate_limited")) && !slice_equal(code, SLICE("storage_unavailable")) &&
           !slice_equal(code, SLICE("no_memory"));
}

/* False, and it is over, when there is no memory. */
static bool show_changes(struct writer *w)
{
    struct op change = {0};
    bool has_change = false;
    enum error err = client_take_change(w->participant.client, &change, &has_change);
    if (!err && has_change && w->is_ready && w->events->changed)
        w->events->changed(w, op_view(&change));
    op_deinit(&change);
    if (err)
        writer_stop(w, say_no_memory());
    return !err;
}

static void news(struct participant *p, unsigned news)
{
    struct writer *w = writer_of(p);
    struct client *c = p->client;
    if (w->is_over)
        return;
    if (client_is_loaded(c) && client_role(c) == ROLE_VIEW) {
        writer_stop(w, participant_say_view_only(p));
        return;
    }
    if (is_refused_for_good(c)) {
        writer_stop(w, participant_say_refusal(p));
        return;
    }
    if (!show_changes(w))
        return;
    if (client_is_loaded(c) && !w->is_ready) {
        w->is_ready = true;
        w->events->ready(w);
    }
    if (w->events->news && !w->is_over)
        w->events->news(w, news);
    if (w->is_last && client_unsaved(c) == 0)
        writer_stop(w, EXIT_DONE);
}

static void ended(struct participant *p, enum exit_code code)
{
    writer_stop(writer_of(p), code);
}

static const struct participant_events participant_events = {news, ended, NULL};

struct slice writer_name(const struct call *call)
{
    const char *name = call->options.name ? call->options.name : getenv("KOLABPAD_NAME");
    return name && name[0] ? slice_from_cstr(name) : SLICE("Terminal");
}

struct participant_config writer_config(struct call *call)
{
    enum { HUE_OF_TERMINALS = 210 };
    return (struct participant_config){
        .net = &call->net,
        .address = &call->address,
        .password = &call->password,
        .timeout_s = call->timeout_s,
        .name = writer_name(call),
        .hue = HUE_OF_TERMINALS,
    };
}

enum exit_code writer_join(struct writer *w, struct call *call, const struct writer_events *events)
{
    const struct participant_config config = writer_config(call);
    w->call = call;
    w->events = events;
    return participant_join(&w->participant, &config, &participant_events) ? say_no_memory() : EXIT_DONE;
}

bool writer_edit(struct writer *w, struct op_view op)
{
    enum error err = client_edit(w->participant.client, op);
    if (err)
        writer_stop(w, err == ERR_NO_MEMORY ? say_no_memory() : say(EXIT_REFUSED, "%s", error_text(err)));
    else
        participant_turn(&w->participant);
    return !err;
}

void writer_is_done(struct writer *w)
{
    w->is_last = true;
    if (client_unsaved(w->participant.client) == 0)
        writer_stop(w, EXIT_DONE);
}

static enum exit_code print_revision(const struct writer *w)
{
    struct buf line = {0};
    struct json j = json_to(&line);
    if (!w->call->options.json)
        return EXIT_DONE;
    json_raw(&j, "{\"revision\":");
    json_uint(&j, client_revision(w->participant.client));
    json_raw(&j, "}");
    enum exit_code code = print_json(&j, &line);
    buf_deinit(&line);
    return code;
}

enum exit_code writer_finish(struct writer *w)
{
    net_run_until(&w->call->net, &w->is_over);
    if (!w->code)
        w->code = w->events->finished ? w->events->finished(w) : print_revision(w);
    participant_leave(&w->participant);
    return w->code;
}
