/* edit.c - kolabpad edit: the pad in an editor.
 *
 *     text at the beginning --mine--> what was saved
 *     text at the beginning --since--> the text now
 *
 * What others do while the editor is open is kept as one operation, `since`. When it
 * ends, the difference to what was saved is moved over that: both are then in the pad.
 * The file is removed only when the server holds it, or when nothing was changed. */
#include "cli/child.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/workfile.h"
#include "cli/writer.h"
#include "ot/between.h"

#include <stdlib.h>
#include <string.h>

struct edit {
    struct writer writer;
    struct workfile file;
    struct child editor;
    uv_signal_t interrupt;
    struct buf before; /* the text that the editor was given */
    struct op since;
    bool has_file, keeps_file;
    bool is_out_of_memory;
};

static struct edit *edit_of(struct writer *w)
{
    return lws_container_of(w, struct edit, writer);
}

/* ---- afterwards ---- */

/* Editors end the last line of a file; where that is all, nothing was changed. */
static bool is_unchanged(const struct edit *e, struct slice saved)
{
    struct slice before = buf_slice(&e->before);
    if (saved.len == before.len + 1 && saved.ptr[before.len] == '\n' && before.len > 0)
        saved.len--;
    return slice_equal(saved, before);
}

static enum error merge(struct edit *e, struct slice saved)
{
    struct op mine = {0}, now = {0};
    enum error err = op_between(buf_slice(&e->before), saved, &mine);
    err = err ? err : op_rebase(op_view(&mine), op_view(&e->since), OP_BY_TEXT, &now);
    err = err ? err : client_edit(e->writer.participant.client, op_view(&now));
    op_deinit(&mine);
    op_deinit(&now);
    return err;
}

/* `code` has been told, or is told with that. */
static void keep_file(struct edit *e, enum exit_code code)
{
    e->keeps_file = true;
    writer_stop(&e->writer, code);
}

static void send_saved(struct edit *e, struct slice saved)
{
    enum error err = e->is_out_of_memory ? ERR_NO_MEMORY : merge(e, saved);
    e->keeps_file = true;
    if (err) {
        keep_file(e, say(EXIT_REFUSED, "%s", error_text(err)));
        return;
    }
    participant_turn(&e->writer.participant);
    writer_is_done(&e->writer);
}

static void editor_ended(struct child *editor)
{
    struct edit *e = lws_container_of(editor, struct edit, editor);
    struct buf saved = {0};
    e->writer.participant.is_quiet = false;
    if (e->writer.participant.is_over)
        participant_say_trouble(&e->writer.participant);
    enum exit_code code = input_read(e->file.path, &saved);
    if (code)
        keep_file(e, EXIT_REFUSED);
    else if (editor->status != 0) {
        e->keeps_file = !is_unchanged(e, buf_slice(&saved));
        writer_stop(&e->writer,
                    say(EXIT_REFUSED, "the editor ended with %d: nothing was sent", editor->status));
    } else if (is_unchanged(e, buf_slice(&saved)))
        writer_stop(&e->writer, say(EXIT_DONE, "nothing was changed"));
    else
        send_saved(e, buf_slice(&saved));
    buf_deinit(&saved);
}

/* ---- meanwhile ---- */

static void note_change(struct writer *w, struct op_view change)
{
    struct edit *e = edit_of(w);
    struct op both = {0};
    if (op_compose(op_view(&e->since), change, &both)) {
        e->is_out_of_memory = true;
        return;
    }
    op_deinit(&e->since);
    e->since = both;
}

/* Ctrl+C is the editor's; afterwards it gives up waiting for the server. */
static void interrupted(uv_signal_t *handle, int number)
{
    struct edit *e = handle->data;
    (void)number;
    if (!e->editor.is_running)
        writer_stop(&e->writer, say(EXIT_UNREACHABLE, "stopped before the server had it"));
}

/* ---- the beginning ---- */

static const char *editor_of_person(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    return visual && visual[0] ? visual : editor && editor[0] ? editor : "vi";
}

static enum exit_code make_file(struct edit *e)
{
    struct client *c = e->writer.participant.client;
    uint32_t points = rope_size(client_text(c)).points;
    if (rope_read(client_text(c), 0, points, &e->before) || op_retain(&e->since, points))
        return say_no_memory();
    enum exit_code code = workfile_make(&e->file, &e->writer.participant.address, client_language(c));
    if (code)
        return code;
    e->has_file = true;
    return workfile_write(&e->file, buf_slice(&e->before));
}

static void open_editor(struct writer *w)
{
    struct edit *e = edit_of(w);
    char command[WORKFILE_PATH_BYTES + 8];
    enum exit_code code = make_file(e);
    if (code) {
        writer_stop(w, code);
        return;
    }
    lws_snprintf(command, sizeof(command), "%s \"$1\"", editor_of_person());
    if (!child_run(&e->editor, w->call->net.loop, command, e->file.path, editor_ended)) {
        writer_stop(w, say(EXIT_REFUSED, "the shell for the editor cannot be started"));
        return;
    }
    w->participant.is_quiet = true; /* the terminal is the editor's */
}

enum exit_code edit_run(struct call *call)
{
    static const struct writer_events events = {.ready = open_editor, .changed = note_change};
    struct edit e = {0};
    enum exit_code code = writer_join(&e.writer, call, &events);
    if (code)
        return code;
    uv_signal_init(call->net.loop, &e.interrupt);
    e.interrupt.data = &e;
    uv_signal_start(&e.interrupt, interrupted, SIGINT);
    while (!e.writer.is_over || e.editor.is_running)
        uv_run(call->net.loop, UV_RUN_ONCE);
    net_close_handle(&call->net, (uv_handle_t *)&e.interrupt);
    code = writer_finish(&e.writer);
    if (e.has_file && e.keeps_file && code)
        say(code, "what was saved is in %s", e.file.path);
    else if (e.has_file)
        workfile_remove(&e.file);
    buf_deinit(&e.before);
    op_deinit(&e.since);
    return code;
}
