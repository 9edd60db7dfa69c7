/* tools_write.c - the tools that change a pad. Each answers when the server holds the
 * change, or has refused it. */
#include "cli/language.h"
#include "cli/quote.h"
#include "cli/tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAVED_MS = 20000,
    OPEN_MS = 20000,
    ID_BYTES = 12,
    ID_CHARS = 16,
    REASON_BYTES = 300,
    ADDRESS_TEXT_BYTES = 1024
};

/* ---- the answer ---- */

static void tell_new_pad(struct task *t)
{
    struct agent *a = t->agent;
    char out[ADDRESS_TEXT_BYTES];
    struct buf address = {0};
    struct slice owner = client_owner(a->participant.client);
    if (address_print(&a->address, slice_from_cstr(a->address.id), &address)) {
        task_fail(t, "%s", error_text(ERR_NO_MEMORY));
        return;
    }
    int len = snprintf(out, sizeof(out), "The pad is at %.*s", (int)address.len, address.ptr);
    if (owner.len > 0)
        len += snprintf(
            out + len, sizeof(out) - (size_t)len,
            "\nWhoever has this address owns it (for the person you work for, to be kept in a safe place): "
            "%.*s&owner=%.*s",
            (int)address.len, address.ptr, (int)owner.len, owner.ptr);
    buf_deinit(&address);
    task_answer(t, slice_of(out, (size_t)len));
}

static void tell_written(struct task *t)
{
    struct agent *a = t->agent;
    char out[128];
    struct buf text = {0};
    if (agent_read(a, &text)) {
        task_fail(t, "%s", error_text(ERR_NO_MEMORY));
        return;
    }
    int len = snprintf(out, sizeof(out), "Done: revision %llu, %zu lines.",
                       (unsigned long long)client_revision(a->participant.client),
                       quote_line_count(buf_slice(&text)));
    buf_deinit(&text);
    task_answer(t, slice_of(out, (size_t)len));
}

static void tell_refused(struct task *t)
{
    struct participant *p = &t->agent->participant;
    const struct refusal *refusal = client_refusal(p->client);
    char why[REASON_BYTES];
    if (strcmp(refusal->code, "document_too_large") == 0)
        snprintf(why, sizeof(why), "the pad would be larger than %llu bytes.",
                 (unsigned long long)client_document_bytes(p->client));
    else
        snprintf(why, sizeof(why), "%s", refusal->message[0] ? refusal->message : refusal->code);
    bool is_undone = client_undo_refused(p->client) == OK;
    task_fail(t, "The server did not take it: %s%s", why, is_undone ? " Nothing was changed." : "");
    participant_turn(p); /* after the answer: it leads back here */
}

void written_look(struct task *t)
{
    struct agent *a = t->agent;
    if (!t->has_begun)
        task_fail(t, "The pad could not be opened in time."); /* it waited for nothing else */
    else if (a->is_ended)
        task_fail(t, "%s", a->trouble);
    else if (client_refusal(a->participant.client) && !t->is_late)
        tell_refused(t);
    else if (client_unsaved(a->participant.client) == 0)
        (strcmp(t->tool->name, "create_pad") == 0 ? tell_new_pad : tell_written)(t);
    else if (t->is_late)
        task_fail(t, "The server has not confirmed it yet. The change is kept, and sent once when the server "
                     "is back: do "
                     "not make it again; read the pad later.");
}

/* ---- one operation ---- */

static void make(struct task *t, const struct op *op, enum error err, uint32_t caret)
{
    err = err ? err : agent_edit(t->agent, op_view(op), caret);
    if (err) {
        task_fail(t, "%s Nothing was changed.", error_text(err));
        return;
    }
    task_wait(t, SAVED_MS);
    written_look(t);
}

/* Text that an assistant gives has the line ends that JSON gave it. */
static bool is_good_text(struct task *t, struct slice text)
{
    if (!utf8_has_cr(text))
        return true;
    task_fail(t, "Line ends must be \\n alone. Nothing was changed.");
    return false;
}

static enum error replace_all(struct slice text, struct slice old, struct slice new, struct op *op,
                              uint32_t *caret)
{
    enum error err = OK;
    size_t at = 0;
    uint32_t old_points = utf8_measure(old).points;
    for (size_t next; !err && (next = quote_find(text, old, at)) < text.len; at = next + old.len) {
        err = op_retain(op, utf8_measure((struct slice){text.ptr + at, next - at}).points);
        err = err ? err : op_insert(op, new);
        *caret = op->target_points;
        err = err ? err : op_delete(op, old_points);
    }
    return err ? err : op_retain(op, utf8_measure(slice_from(text, at)).points);
}

void edit_pad_begin(struct task *t)
{
    struct slice old, new;
    int64_t count;
    if (!task_string(t, "old", true, &old) || !task_string(t, "new", true, &new) ||
        !task_number(t, "count", 1, INT32_MAX, 1, &count) || !is_good_text(t, new))
        return;
    struct buf text = {0};
    struct op op = {0};
    uint32_t caret = 0;
    enum error err = agent_read(t->agent, &text);
    size_t found = old.len > 0 && !err ? quote_occurrences(buf_slice(&text), old) : 0;
    if (old.len == 0)
        task_fail(t, "\"old\" must not be empty; insert_text inserts.");
    else if (!err && found != (size_t)count)
        task_fail(t,
                  "\"old\" occurs %zu times, not %lld. Nothing was changed: read the pad, and give more of "
                  "what stands "
                  "around it, or the count.",
                  found, (long long)count);
    else
        make(t, &op, err ? err : replace_all(buf_slice(&text), old, new, &op, &caret), caret);
    buf_deinit(&text);
    op_deinit(&op);
}

/* Inserts `text` at that byte; as lines of its own, where they lack a line end. */
static void insert_lines(struct task *t, struct slice whole, size_t at, struct slice text, bool ends_line)
{
    struct op op = {0};
    bool begins_line = at == 0 || whole.ptr[at - 1] == '\n';
    enum error err = op_retain(&op, utf8_measure((struct slice){whole.ptr, at}).points);
    if (!err && !begins_line)
        err = op_insert(&op, SLICE("\n"));
    err = err ? err : op_insert(&op, text);
    uint32_t caret = op.target_points;
    if (!err && ends_line && text.ptr[text.len - 1] != '\n')
        err = op_insert(&op, SLICE("\n"));
    err = err ? err : op_retain(&op, utf8_measure(slice_from(whole, at)).points);
    make(t, &op, err, caret);
    op_deinit(&op);
}

static bool text_argument(struct task *t, struct slice *text)
{
    if (!task_string(t, "text", true, text) || !is_good_text(t, *text))
        return false;
    if (text->len == 0)
        task_fail(t, "\"text\" must not be empty.");
    return text->len > 0;
}

void insert_text_begin(struct task *t)
{
    struct slice text;
    struct buf whole = {0};
    int64_t line;
    if (!text_argument(t, &text))
        return;
    enum error err = agent_read(t->agent, &whole);
    size_t count = quote_line_count(buf_slice(&whole));
    if (err)
        task_fail(t, "%s", error_text(err));
    else if (!json_object_get(t->arguments, "line"))
        task_fail(t, "\"line\" is missing.");
    else if (task_number(t, "line", 1, (int64_t)count + 1, 1, &line))
        insert_lines(t, buf_slice(&whole), quote_offset_of_line(buf_slice(&whole), (size_t)line), text, true);
    buf_deinit(&whole);
}

void append_text_begin(struct task *t)
{
    struct slice text;
    struct buf whole = {0};
    if (!text_argument(t, &text))
        return;
    if (agent_read(t->agent, &whole))
        task_fail(t, "%s", error_text(ERR_NO_MEMORY));
    else
        insert_lines(t, buf_slice(&whole), whole.len, text, false);
    buf_deinit(&whole);
}

/* ---- a new pad ---- */

static void fill_new_pad(struct task *t)
{
    struct slice language, text;
    if (!task_string(t, "language", false, &language) || !text_argument(t, &text))
        return;
    if (language.len > 0)
        (void)client_set_language(t->agent->participant.client, language);
    insert_lines(t, (struct slice){"", 0}, 0, text, false);
}

void create_pad_begin(struct task *t)
{
    struct address address;
    struct slice text, language;
    const char *problem = "KOLABPAD_URL is not set";
    const char *server = t->host->server;
    if (t->agent) { /* it has joined */
        fill_new_pad(t);
        return;
    }
    if (!text_argument(t, &text) || !task_string(t, "language", false, &language))
        return;
    if (language.ptr && !language_is_good(language)) {
        task_fail(t, "\"language\" is no name of a language.");
        return;
    }
    if (!server || !address_parse_server(server, &address, &problem)) {
        task_fail(t, "There is no server to make it on: %s.", problem);
        return;
    }
    address_make_pad(&address);
    t->has_begun = false; /* again, when the text is there */
    t->agent = t->host->agent(t->host, &address, &problem);
    if (!t->agent)
        task_fail(t, "%s", problem);
    else
        task_wait(t, OPEN_MS);
}
