/* append.c - kolabpad append: adds a text at the end of the pad; with --follow line by
 * line, as they come.
 *
 * While the server takes nothing, lines wait here; beyond HELD_BYTES standard input
 * is not read any further, so that whoever writes to it waits, too. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/lines.h"
#include "cli/writer.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { HELD_BYTES = 1 << 20 };

struct append {
    struct writer writer;
    struct lines lines;
    struct buf text;      /* what is appended; with --follow the lines that came last */
    size_t line_count;    /* heard so far */
    size_t unsaved_bytes; /* at most: since the server held all of it last */
    uv_signal_t interrupted;
    bool is_following;
};

/* ---- one change ---- */

static bool ends_line(const struct rope *text)
{
    struct buf last = {0};
    uint32_t points = rope_size(text).points;
    bool is_end = points == 0 || (!rope_read(text, points - 1, 1, &last) && last.ptr[0] == '\n');
    buf_deinit(&last);
    return is_end;
}

/* Inserts a->text at the end. */
static bool add(struct append *a)
{
    const struct rope *text = client_text(a->writer.participant.client);
    struct op op = {0};
    enum error err = op_retain(&op, rope_size(text).points);
    if (!err && !a->writer.call->options.raw && !ends_line(text))
        err = op_insert(&op, SLICE("\n"));
    if (!err)
        err = op_insert(&op, buf_slice(&a->text));
    bool is_added = !err && writer_edit(&a->writer, op_view(&op));
    if (err)
        writer_stop(&a->writer, say(EXIT_REFUSED, "%s", error_text(err)));
    op_deinit(&op);
    return is_added;
}

static struct append *append_of(struct writer *w)
{
    return lws_container_of(w, struct append, writer);
}

static void add_all(struct writer *w)
{
    struct append *a = append_of(w);
    if (a->text.len == 0 || add(a))
        writer_is_done(w);
}

static enum exit_code append_once(struct append *a, struct call *call)
{
    static const struct writer_events events = {.ready = add_all};
    enum exit_code code = input_read(call->arguments[0], &a->text);
    if (!code)
        code = writer_join(&a->writer, call, &events);
    return code ? code : writer_finish(&a->writer);
}

/* ---- line by line ---- */

static void count_lines(struct append *a)
{
    for (size_t i = 0; i < a->text.len; i++)
        a->line_count += a->text.ptr[i] == '\n';
}

static void heard(struct lines *l, struct slice whole_lines)
{
    struct append *a = lws_container_of(l, struct append, lines);
    buf_clear(&a->text);
    if (buf_append(&a->text, whole_lines)) {
        writer_stop(&a->writer, say_no_memory());
        return;
    }
    size_t bad = input_bad_line(whole_lines);
    if (bad > 0) {
        writer_stop(&a->writer, say(EXIT_REFUSED, "line %zu is not UTF-8; iconv can turn it into that",
                                    a->line_count + bad));
        return;
    }
    count_lines(a);
    input_mend_line_ends(&a->text);
    a->unsaved_bytes += a->text.len;
    if (add(a) && a->unsaved_bytes > HELD_BYTES)
        lines_pause(&a->lines);
}

static void input_ended(struct lines *l, enum lines_end how)
{
    struct append *a = lws_container_of(l, struct append, lines);
    if (how == LINES_BROKEN)
        writer_stop(&a->writer, say(EXIT_USAGE, "standard input cannot be read: %s", strerror(l->error)));
    else if (how == LINES_TOO_LONG)
        writer_stop(&a->writer, say(EXIT_REFUSED, "line %zu is longer than 16 MiB", a->line_count + 1));
    else
        writer_is_done(&a->writer);
}

static void begin_reading(struct writer *w)
{
    static const struct lines_events events = {.heard = heard, .ended = input_ended};
    struct append *a = append_of(w);
    a->is_following = true;
    lines_begin(&a->lines, w->call->net.loop, STDIN_FILENO, &events);
}

static void note_saved(struct writer *w, unsigned news)
{
    struct append *a = append_of(w);
    if (!(news & CLIENT_NEWS_SAVED) || client_unsaved(w->participant.client) > 0)
        return;
    a->unsaved_bytes = 0;
    if (a->is_following && a->lines.is_paused)
        lines_go_on(&a->lines);
}

/* Ctrl+C: what was read is still sent. The second time it ends at once. */
static void interrupted(uv_signal_t *handle, int number)
{
    struct append *a = handle->data;
    (void)number;
    if (a->writer.is_last || !a->is_following)
        writer_stop(&a->writer, say(EXIT_UNREACHABLE, "stopped; %llu changes were not sent",
                                    (unsigned long long)client_unsaved(a->writer.participant.client)));
    lines_pause(&a->lines);
    writer_is_done(&a->writer);
}

static enum exit_code append_follow(struct append *a, struct call *call)
{
    static const struct writer_events events = {.ready = begin_reading, .news = note_saved};
    enum exit_code code = writer_join(&a->writer, call, &events);
    if (code)
        return code;
    uv_signal_init(call->net.loop, &a->interrupted);
    a->interrupted.data = a;
    uv_signal_start(&a->interrupted, interrupted, SIGINT);
    net_run_until(&call->net, &a->writer.is_over);
    if (a->is_following)
        lines_end(&a->lines);
    net_close_handle(&call->net, (uv_handle_t *)&a->interrupted);
    return writer_finish(&a->writer);
}

/* ---- the command ---- */

/* --follow reads a file as if it were standard input. */
static enum exit_code open_file(const char *file)
{
    if (!file || strcmp(file, "-") == 0)
        return EXIT_DONE;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
        return say(EXIT_USAGE, "%s cannot be read", file);
    close(fd);
    return EXIT_DONE;
}

enum exit_code append_run(struct call *call)
{
    struct append a = {0};
    enum exit_code code = EXIT_DONE;
    if (!call->options.follow)
        code = append_once(&a, call);
    else if (!(code = open_file(call->arguments[0])))
        code = append_follow(&a, call);
    buf_deinit(&a.text);
    return code;
}
