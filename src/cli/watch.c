/* watch.c - kolabpad watch: prints the text at each change, runs a command at each, or
 * prints what happens as JSON.
 *
 * Changes that follow each other quickly are one: what is printed, or run, waits until
 * nothing happened for QUIET_MS, LATEST_MS at most. A command that runs meanwhile is
 * waited for. */
#include "cli/child.h"
#include "cli/commands.h"
#include "cli/events.h"
#include "cli/participant.h"
#include "cli/print.h"
#include "cli/workfile.h"
#include "cli/writer.h"

#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 100, LATEST_MS = 1000 };

struct watch {
    struct participant participant;
    struct call *call;
    struct events events; /* with --json */
    uv_timer_t timer;
    uv_signal_t interrupt, terminate;
    int64_t changed_ms; /* since when something waits to be shown; 0: nothing does */
    bool has_shown, is_over, has_file;
    enum exit_code code;
    struct child command;
    struct workfile file;
    struct buf text;
};

static struct watch *watch_of(struct participant *p)
{
    return lws_container_of(p, struct watch, participant);
}

static void stop(struct watch *w, enum exit_code code)
{
    if (w->is_over)
        return;
    w->is_over = true;
    w->code = code;
}

/* ---- showing ---- */

static void command_ended(struct child *command)
{
    if (command->status != 0)
        say(EXIT_DONE, "the command ended with %d", command->status);
}

/* The command with the file's path for each "%", and a "%" for "%%". */
static enum error make_command(const struct watch *w, struct buf *out)
{
    enum error err = OK;
    for (const char *c = w->call->options.exec; *c && !err; c++) {
        if (*c != '%')
            err = buf_append(out, slice_of(c, 1));
        else if (c[1] == '%')
            err = buf_append(out, slice_of(c++, 1));
        else
            err = buf_append(out, slice_from_cstr(w->file.path));
    }
    return err ? err : buf_append(out, slice_of("", 1));
}

static enum exit_code run_command(struct watch *w)
{
    struct buf command = {0};
    enum exit_code code = EXIT_DONE;
    if (!w->has_file)
        code = workfile_make(&w->file, &w->call->address, client_language(w->participant.client));
    if (code)
        return code;
    w->has_file = true;
    code = workfile_write(&w->file, buf_slice(&w->text));
    if (!code && make_command(w, &command))
        code = say_no_memory();
    if (!code && !child_run(&w->command, w->call->net.loop, command.ptr, NULL, command_ended))
        code = say(EXIT_REFUSED, "the shell for the command cannot be started");
    buf_deinit(&command);
    return code;
}

static enum exit_code print_text(struct watch *w)
{
    bool is_terminal = uv_guess_handle(1) == UV_TTY;
    bool ends_line = w->text.len == 0 || w->text.ptr[w->text.len - 1] == '\n';
    if (!ends_line && buf_append(&w->text, SLICE("\n")))
        return say_no_memory();
    enum exit_code code = EXIT_DONE;
    if (is_terminal)
        code = print_bytes(SLICE("\033[H\033[2J\033[3J"));
    else if (w->has_shown)
        code = print_bytes(SLICE("\f\n"));
    return code ? code : print_bytes(buf_slice(&w->text));
}

static void show(struct watch *w)
{
    const struct rope *text = client_text(w->participant.client);
    buf_clear(&w->text);
    enum exit_code code = EXIT_DONE;
    if (rope_read(text, 0, rope_size(text).points, &w->text))
        code = say_no_memory();
    else
        code = w->call->options.exec ? run_command(w) : print_text(w);
    w->changed_ms = 0;
    w->has_shown = true;
    if (code)
        stop(w, code);
}

static void show_when_quiet(uv_timer_t *timer)
{
    struct watch *w = timer->data;
    if (w->command.is_running)
        uv_timer_start(timer, show_when_quiet, QUIET_MS, 0);
    else
        show(w);
}

static void plan(struct watch *w)
{
    int64_t now_ms = net_now_ms(&w->call->net);
    if (w->changed_ms == 0)
        w->changed_ms = now_ms;
    int64_t left_ms = w->changed_ms + LATEST_MS - now_ms;
    uint64_t pause_ms = !w->has_shown || left_ms < 0 ? 0 : left_ms < QUIET_MS ? (uint64_t)left_ms : QUIET_MS;
    uv_timer_start(&w->timer, show_when_quiet, pause_ms, 0);
}

/* ---- what happens ---- */

static void news(struct participant *p, unsigned news)
{
    struct watch *w = watch_of(p);
    struct op change = {0};
    bool has_change = false;
    if (client_take_change(p->client, &change, &has_change))
        stop(w, say_no_memory());
    op_deinit(&change);
    if (w->call->options.json) {
        enum exit_code code = events_print(&w->events, p->client, news);
        if (code)
            stop(w, code);
    } else if (client_is_loaded(p->client) && (has_change || !w->has_shown))
        plan(w);
}

static void heard_entry(void *owner, const struct incoming_entry *entry, uint64_t revision, bool is_mine)
{
    struct watch *w = watch_of(owner);
    (void)is_mine;
    if (!w->call->options.json || !w->events.has_text)
        return;
    enum exit_code code = events_print_edit(&w->events, entry, revision);
    if (code)
        stop(w, code);
}

static void ended(struct participant *p, enum exit_code code)
{
    stop(watch_of(p), code);
}

/* Ctrl+C is how one stops to watch. */
static void interrupted(uv_signal_t *handle, int number)
{
    (void)number;
    stop(handle->data, EXIT_DONE);
}

static void listen_for(struct watch *w, uv_signal_t *handle, int number)
{
    uv_signal_init(w->call->net.loop, handle);
    handle->data = w;
    uv_signal_start(handle, interrupted, number);
}

/* ---- the command ---- */

static void let_go(struct watch *w)
{
    struct net *net = &w->call->net;
    participant_leave(&w->participant);
    while (w->command.is_running)
        uv_run(net->loop, UV_RUN_ONCE);
    net_close_handle(net, (uv_handle_t *)&w->timer);
    net_close_handle(net, (uv_handle_t *)&w->interrupt);
    net_close_handle(net, (uv_handle_t *)&w->terminate);
    if (w->has_file)
        workfile_remove(&w->file);
    events_deinit(&w->events);
    buf_deinit(&w->text);
}

enum exit_code watch_run(struct call *call)
{
    static const struct participant_events events = {news, ended, heard_entry};
    struct watch w = {.call = call};
    const struct participant_config config = writer_config(call);
    uv_timer_init(call->net.loop, &w.timer);
    w.timer.data = &w;
    listen_for(&w, &w.interrupt, SIGINT);
    listen_for(&w, &w.terminate, SIGTERM);
    if (participant_join(&w.participant, &config, &events))
        return say_no_memory();
    net_run_until(&call->net, &w.is_over);
    let_go(&w);
    return w.code;
}
