#include "sim/gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_MESSAGE_BYTES = 2000 };

struct sim_write {
    struct link link;
    bool is_row;
    struct shelf_row row;
    uint64_t keep_from;
    struct shelf_batch batch;
};

static struct sim_conn *conn_of(struct link *link)
{
    return LIST_ITEM(link, struct sim_conn, link);
}

static void require(bool belief, const char *what, enum error err)
{
    if (belief)
        return;
    printf("gateway: %s: %s\n", what, error_code(err));
    fflush(stdout);
    abort();
}

/* ---- loading ---- */

static void load(struct gateway *g)
{
    struct id128 epoch = {{0}};
    g->epochs_begun++;
    memcpy(epoch.bytes, &g->epochs_begun, sizeof g->epochs_begun);
    if (g->shelf.epoch_count == SHELF_EPOCHS_MAX) { /* the store keeps the last few */
        memmove(g->shelf.epochs, g->shelf.epochs + SHELF_EPOCHS_MAX / 2,
                SHELF_EPOCHS_MAX / 2 * sizeof *g->shelf.epochs);
        g->shelf.epoch_count = SHELF_EPOCHS_MAX / 2;
    }
    const enum error err = shelf_restore(&g->shelf, &g->pad, &g->limits, epoch, g->now_ms);
    require(err == OK, "restore", err);
}

void gateway_open(struct gateway *g)
{
    list_init(&g->writes);
    list_init(&g->conns);
    load(g);
}

/* ---- connections ---- */

struct sim_conn *gateway_accept(struct gateway *g)
{
    struct sim_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    wire_pipe_init(&conn->up);
    wire_pipe_init(&conn->down);
    conn->has_client = true;
    conn->peer.owner = conn;
    list_append(&g->conns, &conn->link);
    return conn;
}

void gateway_drop(struct gateway *g, struct sim_conn *conn)
{
    pad_leave(&conn->peer, g->now_ms);
    wire_cut(&conn->up, 0);
    wire_cut(&conn->down, 0);
    buf_deinit(&conn->snapshot);
    list_remove(&conn->link);
    free(conn);
}

static void close_conn(struct gateway *g, struct sim_conn *conn, enum error why)
{
    pad_leave(&conn->peer, g->now_ms);
    conn->is_closed = true;
    wire_put(&conn->down, WIRE_CLOSE)->why = why;
    g->closed_conns++;
}

/* ---- reading ---- */

static void on_hello(struct gateway *g, struct sim_conn *conn, const struct wire_message *m)
{
    const enum error err = pad_join(&g->pad, &conn->peer, &m->hello, g->now_ms, &conn->welcome);
    require(err == OK, "join", err);
    conn->said_hello = true;
    if (conn->welcome.replaced)
        close_conn(g, conn->welcome.replaced->owner, ERR_REPLACED);
    if (m->hello.version == PAD_V2 && !conn->welcome.resumed)
        shelf_must(rope_read(&g->pad.text, 0, rope_size(&g->pad.text).points, &conn->snapshot));
    g->resumed += conn->welcome.resumed;
    g->snapshots += m->hello.version == PAD_V2 && !conn->welcome.resumed;
}

static void on_edit(struct gateway *g, struct sim_conn *conn, const struct wire_message *m)
{
    struct op_view op;
    enum error err = op_decode(buf_slice(&m->bytes), &op);
    require(err == OK, "a client sent a broken operation", err);
    err = pad_edit(&conn->peer, m->revision, op, g->now_ms);
    if (err == OK)
        return;
    require(err == ERR_DOCUMENT_TOO_LARGE || err == ERR_STORAGE || err == ERR_BAD_REVISION, "edit", err);
    g->refused++;
    if (conn->peer.version == PAD_V2 && err != ERR_BAD_REVISION)
        wire_put(&conn->down, WIRE_REJECTED)->why = err;
    else
        close_conn(g, conn, err);
}

static void on_cursors(struct gateway *g, struct sim_conn *conn, const struct wire_cursors *c)
{
    shelf_must(
        pad_set_cursors(&conn->peer, c->carets, c->caret_count, &c->selection, c->has_selection, g->now_ms));
}

static void receive(struct gateway *g, struct sim_conn *conn, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_HELLO:
        on_hello(g, conn, m);
        break;
    case WIRE_EDIT:
        on_edit(g, conn, m);
        break;
    case WIRE_CURSORS:
        on_cursors(g, conn, &m->cursors);
        break;
    case WIRE_INFO:
        shelf_must(pad_set_info(&conn->peer, slice_from_cstr(m->name), m->hue));
        break;
    case WIRE_LANGUAGE:
        shelf_must(pad_set_language(&conn->peer, buf_slice(&m->bytes)));
        break;
    case WIRE_PING:
        pad_pinged(&conn->peer);
        break;
    default:
        require(false, "a message in the wrong direction", OK);
    }
}

void gateway_receive(struct gateway *g, struct sim_conn *conn)
{
    struct wire_message *m = wire_take(&conn->up);
    if (!m)
        return;
    if (!conn->is_closed)
        receive(g, conn, m);
    wire_free(m);
}

/* ---- telling ---- */

static void tell_user(struct sim_conn *conn, const struct pad_peer *peer)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_INFO);
    m->user_id = peer->user_id;
    m->hue = peer->hue;
    snprintf(m->name, sizeof m->name, "%.*s", (int)peer->name.len, peer->name.ptr);
}

static void tell_cursors(struct sim_conn *conn, const struct pad_peer *peer)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_CURSORS);
    m->user_id = peer->user_id;
    m->cursors = wire_cursors_of(&peer->cursors);
}

static void tell_language(struct gateway *g, struct sim_conn *conn)
{
    shelf_must(buf_append(&wire_put(&conn->down, WIRE_LANGUAGE)->bytes, g->pad.language));
}

static void tell_change(struct gateway *g, struct sim_conn *conn, const struct pad_change *change)
{
    if (change->kind == PAD_ITEM_INFO)
        tell_user(conn, change->peer);
    else if (change->kind == PAD_ITEM_CURSORS)
        tell_cursors(conn, change->peer);
    else if (change->kind == PAD_ITEM_LEFT)
        wire_put(&conn->down, WIRE_LEFT)->user_id = change->user_id;
    else if (change->kind == PAD_ITEM_LANGUAGE)
        tell_language(g, conn);
}

static void tell_everybody(struct gateway *g, struct sim_conn *conn)
{
    wire_put(&conn->down, WIRE_USERS);
    LIST_EACH (at, next, &g->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->has_info)
            tell_user(conn, peer);
        pad_cursors_now(peer);
        if (pad_shows_cursors(peer))
            tell_cursors(conn, peer);
    }
    if (g->pad.language.ptr)
        tell_language(g, conn);
}

/* Presence comes when the history is told: carets stand in that text. */
static void tell_presence(struct gateway *g, struct sim_conn *conn)
{
    struct pad_change change;
    if (!conn->is_welcomed)
        tell_everybody(g, conn);
    else
        for (struct link *at = NULL; pad_next_change(&g->pad, conn->peer.seen, &at, &change);)
            tell_change(g, conn, &change);
    conn->is_welcomed = true;
    pad_told_items(&conn->peer, g->pad.sequence);
}

static void tell_welcome(struct gateway *g, struct sim_conn *conn)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_WELCOME);
    m->welcome = conn->welcome;
    m->epoch = g->pad.epochs[g->pad.epoch_count - 1].id;
    conn->said_hello = false; /* said once, answered once */
    if (conn->peer.version == PAD_V2 && !conn->welcome.resumed) {
        m = wire_put(&conn->down, WIRE_SNAPSHOT);
        m->revision = conn->welcome.revision;
        m->bytes = conn->snapshot;
        conn->snapshot = (struct buf){0};
    }
    if (conn->peer.version == PAD_V1 && g->pad.v1->offset)
        wire_append_operation(wire_put(&conn->down, WIRE_HISTORY), PAD_SYSTEM_USER,
                              op_view(&g->pad.v1->text));
}

static void tell_history(struct gateway *g, struct sim_conn *conn, uint64_t from, uint64_t to)
{
    struct wire_message *m = wire_put(&conn->down, WIRE_HISTORY);
    m->revision = pad_revision_for(&conn->peer, from);
    for (uint64_t r = from; r < to; r++) {
        const struct history_entry entry = history_at(&g->pad.history, r);
        wire_append_operation(m, entry.author, entry.op);
    }
    pad_told_history(&conn->peer, to);
    g->told_operations += to - from;
}

/* Is there anything to tell, and room for it? */
static bool can_tell(const struct gateway *g, const struct sim_conn *conn)
{
    return conn->peer.pad && g->pad.committed >= conn->peer.gate && conn->down.count < g->outbox_max &&
           (!conn->is_welcomed || pad_peer_lacks(&conn->peer));
}

static void tell(struct gateway *g, struct sim_conn *conn)
{
    uint64_t from, to;
    bool is_gone = false;
    while (can_tell(g, conn)) {
        if (conn->said_hello)
            tell_welcome(g, conn);
        if (pad_history_for(&conn->peer, HISTORY_MESSAGE_BYTES, &from, &to, &is_gone))
            tell_history(g, conn, from, to);
        else if (is_gone)
            close_conn(g, conn, ERR_CANNOT_RESUME);
        else
            tell_presence(g, conn);
    }
}

void gateway_tell(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns) {
        struct sim_conn *conn = conn_of(at);
        if (conn->peer.version == PAD_V1 && pad_v1_overgrown(&g->pad) && conn->peer.pad)
            close_conn(g, conn, ERR_CANNOT_RESUME);
        tell(g, conn);
    }
}

/* ---- storing ---- */

static struct sim_write *write_new(struct gateway *g)
{
    struct sim_write *write = calloc(1, sizeof *write);
    if (!write)
        abort();
    list_append(&g->writes, &write->link);
    return write;
}

static void write_free(struct sim_write *write)
{
    list_remove(&write->link);
    free(write);
}

void gateway_journal(struct gateway *g)
{
    if (g->is_lazy)
        pad_committed(&g->pad, g->pad.revision);
    else if (pad_has_unjournaled(&g->pad))
        write_new(g)->batch = shelf_batch_of(&g->pad, g->now_ms);
}

/* The row may hold operations that were not even handed to the journal: then
 * the next batch lies on both sides of it. */
void gateway_snapshot(struct gateway *g, unsigned tail)
{
    struct sim_write *write = write_new(g);
    const uint64_t revision = g->pad.revision;
    write->is_row = true;
    write->row = shelf_row_of(&g->pad);
    write->keep_from = revision > tail ? revision - tail : 0;
}

static void commit(struct gateway *g, struct sim_write *write)
{
    if (write->is_row) {
        shelf_put_row(&g->shelf, write->row);
        shelf_drop_before(&g->shelf, write->keep_from);
    } else {
        shelf_put_batch(&g->shelf, write->batch);
        pad_committed(&g->pad, write->batch.end_revision);
    }
    write_free(write);
}

void gateway_commit(struct gateway *g, unsigned count)
{
    LIST_EACH (at, next, &g->writes) {
        if (count-- == 0)
            return;
        commit(g, LIST_ITEM(at, struct sim_write, link));
    }
}

static void lose_writes(struct gateway *g)
{
    LIST_EACH (at, next, &g->writes) {
        struct sim_write *write = LIST_ITEM(at, struct sim_write, link);
        shelf_row_deinit(&write->row);
        buf_deinit(&write->batch.bytes);
        write_free(write);
    }
}

/* ---- time and trouble ---- */

void gateway_tick(struct gateway *g, int64_t later_ms)
{
    g->now_ms += later_ms;
    pad_tick(&g->pad, g->now_ms);
}

/* Connections end without a word; whoever is at the other end notices. */
static void cut_all(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns) {
        struct sim_conn *conn = conn_of(at);
        pad_leave(&conn->peer, g->now_ms);
        conn->is_closed = true;
        wire_put(&conn->down, WIRE_CLOSE)->why = ERR_SHUTTING_DOWN;
    }
}

void gateway_crash(struct gateway *g)
{
    cut_all(g);
    pad_deinit(&g->pad);
    lose_writes(g);
    load(g);
}

void gateway_evict(struct gateway *g)
{
    gateway_journal(g);
    if (g->is_lazy || g->pad.revision % 2) /* sometimes the journal alone must do */
        gateway_snapshot(g, 3);
    gateway_commit(g, UINT32_MAX);
    pad_rest(&g->pad, g->now_ms);
    require(pad_check(&g->pad) == NULL, "a pad at rest is broken", OK);
    pad_deinit(&g->pad);
    load(g);
}

void gateway_close(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns)
        gateway_drop(g, conn_of(at));
    lose_writes(g);
    pad_deinit(&g->pad);
    shelf_deinit(&g->shelf);
}
