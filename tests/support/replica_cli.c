/* replica_cli.c - a replica as a filter, to compare with the page's machine.
 *
 * Reads one command a line, and answers one line each:
 *
 *     {"Welcome":…}, {"Snapshot":…}, {"History":…}, {"Rejected":…}   as the server says them
 *     edit [5,"x"]     of its user            take     the edit to send, or -
 *     undo, retry      what was refused       down     the connection is lost
 *     drop             the epoch              record   as it is written down
 *     read {…}         such a record          new      begins with another one
 *     state            [server text, text, unsaved, revision, out of step, refused for]
 *
 * Commands without a result of their own answer "ok". */
#include "base/json.h"
#include "client/json_value.h"
#include "client/outgoing.h"
#include "client/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct replica replica;
static struct incoming_decoder decoder;
static struct buf answer;

static void must(enum error err)
{
    if (!err)
        return;
    fprintf(stderr, "replica_cli: %s\n", error_code(err));
    exit(1);
}

static void begin_anew(void)
{
    replica_deinit(&replica);
    replica.me = replica.sender = author_nobody();
}

/* ---- the server ---- */

static void hear_history(const struct incoming *m)
{
    for (size_t i = 0; i < m->history.count; i++) {
        struct incoming_entry entry;
        const char *detail;
        bool is_mine, is_new;
        must(incoming_entry(&decoder, i, &entry, &detail));
        must(replica_entry(&replica, m->history.start + i, &entry, &is_mine, &is_new));
    }
    replica_history_ends(&replica, m->history.start);
}

static void hear(struct slice json)
{
    struct incoming m;
    const char *detail;
    must(incoming_decode(&decoder, json, &m, &detail));
    switch (m.kind) {
    case INCOMING_WELCOME:
        must(replica_welcome(&replica, &m.welcome));
        break;
    case INCOMING_SNAPSHOT:
        must(replica_snapshot(&replica, m.snapshot.revision, m.snapshot.text));
        break;
    case INCOMING_HISTORY:
        hear_history(&m);
        break;
    case INCOMING_REJECTED:
        replica_rejected(&replica, m.rejected.code, m.rejected.message, m.rejected.limit);
        break;
    default:
        must(ERR_BAD_MESSAGE);
    }
}

/* ---- the rest ---- */

static void edit(struct slice json)
{
    struct op op = {0};
    json_t *root = json_loadb(json.ptr, json.len, 0, NULL);
    must(value_operation(root, &op));
    must(replica_edit(&replica, op_view(&op)));
    json_decref(root);
    op_deinit(&op);
}

static void read_record(struct slice json)
{
    json_t *root = NULL;
    must(value_parse(json, &root));
    must(record_read(&replica, root));
    json_decref(root);
}

static void take(void)
{
    struct op_view op;
    if (replica_take_edit(&replica, &op))
        must(outgoing_edit(&answer, replica.revision, op));
    else
        must(buf_append(&answer, SLICE("-")));
}

static void append_text(const struct rope *rope)
{
    struct buf text = {0};
    must(rope_read(rope, 0, rope_size(rope).points, &text));
    must(outgoing_string(&answer, buf_slice(&text)));
    buf_deinit(&text);
}

static void print_state(void)
{
    const struct refusal *refusal = replica_refusal(&replica);
    struct op change = {0};
    bool has_change;
    must(replica_take_change(&replica, &change, &has_change));
    op_deinit(&change);
    struct json j = json_to(&answer);
    json_raw(&j, "[");
    append_text(&replica.server);
    json_raw(&j, ",");
    append_text(&replica.text);
    json_raw(&j, ",");
    json_uint(&j, unsent_count(&replica.unsent));
    json_raw(&j, ",");
    json_uint(&j, replica.revision);
    json_raw(&j, replica.is_out_of_step ? ",true," : ",false,");
    json_quoted_or_null(&j, refusal ? slice_from_cstr(refusal->code) : (struct slice){0});
    json_raw(&j, "]");
}

static bool begins(struct slice line, const char *word, struct slice *rest)
{
    const size_t len = strlen(word);
    if (line.len < len || memcmp(line.ptr, word, len) != 0)
        return false;
    *rest = slice_from(line, len);
    return true;
}

static void obey(struct slice line)
{
    struct slice rest;
    if (line.ptr[0] == '{')
        hear(line);
    else if (begins(line, "edit ", &rest))
        edit(rest);
    else if (begins(line, "read ", &rest))
        read_record(rest);
    else if (begins(line, "take", &rest))
        take();
    else if (begins(line, "record", &rest))
        must(record_write(&replica, &answer));
    else if (begins(line, "state", &rest))
        print_state();
    else if (begins(line, "undo", &rest))
        must(replica_undo_refused(&replica));
    else if (begins(line, "retry", &rest))
        must(replica_retry(&replica));
    else if (begins(line, "down", &rest))
        replica_disconnected(&replica);
    else if (begins(line, "drop", &rest))
        replica_drop_epoch(&replica);
    else if (begins(line, "new", &rest))
        begin_anew();
    else
        must(ERR_BAD_MESSAGE);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; (len = getline(&line, &cap, stdin)) > 0;) {
        buf_clear(&answer);
        obey(slice_of(line, (size_t)len - 1));
        if (answer.len == 0)
            must(buf_append(&answer, SLICE("ok")));
        printf("%.*s\n", (int)answer.len, answer.ptr);
    }
    free(line);
    replica_deinit(&replica);
    incoming_deinit(&decoder);
    buf_deinit(&answer);
    return 0;
}
