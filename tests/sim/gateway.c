#include "sim/gateway.h"

#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/expiry.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "doc/password.h"
#include "doc/write.h"
#include "proto/server_message.h"
#include "sim/tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPIRED_IDS_MAX = 100 };

/* A password change under way: an HTTP request, whatever becomes of the
 * connection of who asked. */
struct sim_password_change {
    struct link link; /* gateway->password_changes */
    struct gateway *gateway;
    struct gateway_document *known;
    struct password_change change;
};

static struct sim_conn *conn_of(struct link *link)
{
    return LIST_ITEM(link, struct sim_conn, link);
}

void gateway_require(bool belief, const char *what, enum error err)
{
    if (belief)
        return;
    printf("gateway: %s: %s\n", what, error_code(err));
    fflush(stdout);
    abort();
}

static void must(enum error err)
{
    gateway_require(err == OK, "out of memory?", err);
}

static bool password_equal(struct slice password, const struct wire_password *other)
{
    return (password.ptr != NULL) == other->is_set &&
           (!other->is_set || slice_equal(password, wire_password_slice(other)));
}

/* ---- the documents' events ---- */

static void on_news(struct document *doc)
{
    LIST_EACH (at, next, &doc->pad.peers) {
        struct sim_conn *conn = LIST_ITEM(at, struct pad_peer, link)->owner;
        if (conn) /* a writer is told nothing */
            tell_conn(conn);
    }
}

/* Nothing is encoded ahead here. */
static void on_stale(struct document *doc)
{
    (void)doc;
}

static void on_close(struct pad_peer *peer, enum error why, const char *reason)
{
    (void)reason;
    if (peer->owner)
        close_conn(peer->owner, why);
}

static void on_drop(struct document *doc)
{
    struct gateway *g = LIST_ITEM(doc->documents, struct gateway, documents);
    LIST_EACH (at, next, &g->conns)
        gateway_require(conn_of(at)->doc != doc, "a document was dropped under somebody", OK);
    if (g->is_dying || doc->state != DOCUMENT_READY)
        return;
    const char *wrong = pad_check(&doc->pad);
    gateway_require(wrong == NULL, wrong, OK);
    g->counts.evictions += doc->pad.revision > 0;
}

static const struct document_events events = {
    .on_news = on_news, .on_stale = on_stale, .on_close = on_close, .on_drop = on_drop};

/* ---- life ---- */

static void start(struct gateway *g)
{
    documents_init(&g->documents, &g->policy, &fake_store_host, &events, &g->store, g->limits);
    g->store.timer_due_ms = g->store.now_ms + 1; /* the first look is the owner's */
    g->is_dying = false;
}

void gateway_open(struct gateway *g, int64_t now_ms)
{
    must(limits_new(&(struct limits_config){.addresses_max = 1}, &g->limits));
    fake_store_init(&g->store, now_ms);
    list_init(&g->conns);
    list_init(&g->password_changes);
    start(g);
}

/* What is in memory is lost; requests under way free what is theirs. */
static void die(struct gateway *g)
{
    g->is_dying = true;
    fake_store_lose_all(&g->store);
    documents_close(&g->documents);
}

void gateway_close(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns)
        gateway_drop(conn_of(at));
    die(g);
    fake_store_deinit(&g->store);
    client_decoder_deinit(&g->decoder);
    limits_free(g->limits);
}

void gateway_know(struct gateway *g, const char *id)
{
    gateway_require(g->known_count < GATEWAY_DOCUMENTS_MAX, "too many documents", OK);
    g->known[g->known_count++] = (struct gateway_document){.id = id};
}

static struct gateway_document *known(struct gateway *g, const char *id)
{
    for (unsigned i = 0; i < g->known_count; i++) {
        if (strcmp(g->known[i].id, id) == 0)
            return &g->known[i];
    }
    gateway_require(false, "an unknown document", OK);
    return NULL;
}

struct document *gateway_find(struct gateway *g, const char *id)
{
    struct document *doc = document_find(&g->documents, slice_from_cstr(id));
    return doc && doc->state == DOCUMENT_READY ? doc : NULL;
}

/* ---- connections ---- */

struct sim_conn *gateway_accept(struct gateway *g, const char *document)
{
    struct sim_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    wire_pipe_init(&conn->up);
    wire_pipe_init(&conn->down);
    conn->gateway = g;
    conn->document = document;
    conn->has_client = true;
    list_append(&g->conns, &conn->link);
    return conn;
}

void gateway_drop(struct sim_conn *conn)
{
    leave_document(conn);
    wire_cut(&conn->up, 0);
    wire_cut(&conn->down, 0);
    buf_deinit(&conn->snapshot);
    list_remove(&conn->link);
    free(conn);
}

void gateway_drained(struct sim_conn *conn)
{
    if (conn->is_behind)
        tell_conn(conn);
}

/* Connections end without a word; whoever is at the other end notices. */
static void cut_all(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns) {
        if (!conn_of(at)->is_closed)
            close_conn(conn_of(at), ERR_SHUTTING_DOWN);
    }
}

/* ---- joining ---- */

static bool may_only_read(const struct sim_conn *conn)
{
    return conn->is_reader || known(conn->gateway, conn->document)->is_pen_held;
}

static void join(struct sim_conn *conn, struct document *doc)
{
    conn->hello.is_viewer = may_only_read(conn);
    conn->hello.is_guest = conn->is_reader;
    enum error err = document_attach(doc, &conn->peer, &conn->hello, &conn->welcome);
    gateway_require(err == OK, "join", err);
    conn->peer.owner = conn;
    conn->doc = doc;
    conn->must_welcome = true;
    if (conn->welcome.replaced)
        close_conn(conn->welcome.replaced->owner, ERR_REPLACED);
    bool needs_text = conn->hello.version == PAD_V2 && !conn->welcome.resumed;
    if (needs_text) {
        struct json j = json_to(&conn->snapshot);
        encode_snapshot(&j, &doc->pad);
        must(json_error(&j));
    }
    conn->gateway->counts.resumed += conn->welcome.resumed;
    conn->gateway->counts.snapshots += needs_text;
}

static void on_opened(void *owner, const struct open_result *result)
{
    struct sim_conn *conn = owner;
    conn->open = NULL;
    if (result->err) {
        close_conn(conn, result->err);
        return;
    }
    struct slice password = result->doc->pad.password;
    gateway_require(!password.ptr || password_equal(password, &conn->password), "let in without the password",
                    OK);
    join(conn, result->doc);
}

static void on_hello(struct sim_conn *conn, const struct pad_hello *hello, struct wire_password password)
{
    conn->hello = *hello;
    snprintf(conn->name, sizeof conn->name, "%.*s", (int)hello->name.len,
             hello->name.len ? hello->name.ptr : "");
    conn->hello.name = slice_from_cstr(conn->name);
    conn->password = password;
    struct open_request request = {.id = slice_from_cstr(conn->document),
                                   .password = wire_password_slice(&conn->password),
                                   .goal = OPEN_EDIT,
                                   .done = on_opened,
                                   .owner = conn};
    struct open *open = document_open(&conn->gateway->documents, &request);
    if (open) /* otherwise it was answered */
        conn->open = open;
}

/* ---- reading ---- */

static void reject(struct sim_conn *conn, uint64_t revision, enum error err)
{
    struct json j = json_to(&wire_put(&conn->down, WIRE_TEXT)->bytes);
    const uint64_t limit = err == ERR_DOCUMENT_TOO_LARGE ? pad_document_bytes_max(&conn->doc->pad) : 0;
    encode_rejected(&j, revision, err, limit);
    must(json_error(&j));
}

static void on_edit(struct sim_conn *conn, uint64_t revision, struct op_view op)
{
    const bool reads = may_only_read(conn);
    const uint64_t before = conn->doc->pad.revision;
    enum error err = document_edit(conn->doc, &conn->peer, revision, op);
    gateway_require(!reads || (err != OK && conn->doc->pad.revision == before), "a reader has written", err);
    gateway_require(reads || err != ERR_VIEW_ONLY, "a writer may only read", err);
    if (err == OK || err == ERR_SHUTTING_DOWN) /* then it keeps the edit for the next server */
        return;
    gateway_require(err == ERR_DOCUMENT_TOO_LARGE || err == ERR_STORAGE || err == ERR_BAD_REVISION ||
                        err == ERR_VIEW_ONLY,
                    "edit", err);
    conn->gateway->counts.refused++;
    conn->gateway->counts.read_only += err == ERR_VIEW_ONLY;
    if (conn->peer.version == PAD_V2 && err != ERR_BAD_REVISION)
        reject(conn, revision, err);
    else
        close_conn(conn, err);
}

static void on_cursors(struct sim_conn *conn, const struct wire_cursors *c)
{
    must(document_set_cursors(conn->doc, &conn->peer, c->carets, c->caret_count, &c->selection,
                              c->has_selection));
}

static void on_language(struct sim_conn *conn, struct slice language)
{
    const enum error err = document_set_language(conn->doc, &conn->peer, language);
    gateway_require((err == ERR_VIEW_ONLY) == may_only_read(conn), "a reader has set the language", err);
    if (err == ERR_VIEW_ONLY && conn->peer.version == PAD_V2)
        reject(conn, 0, err);
    else if (err == ERR_VIEW_ONLY)
        close_conn(conn, err);
    else
        must(err);
}

static void on_ping(struct sim_conn *conn, int64_t number)
{
    struct json j = json_to(&wire_put(&conn->down, WIRE_TEXT)->bytes);
    pad_pinged(&conn->peer);
    encode_pong(&j, number);
    must(json_error(&j));
}

static void receive_v1(struct sim_conn *conn, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_HELLO:
        on_hello(conn, &m->hello, m->password);
        break;
    case WIRE_EDIT: /* may hold carriage returns */
        on_edit(conn, m->revision, op_view_trusted(buf_slice(&m->bytes)));
        break;
    case WIRE_CURSORS:
        on_cursors(conn, &m->cursors);
        break;
    case WIRE_INFO:
        must(document_set_info(conn->doc, &conn->peer, slice_from_cstr(m->name), m->hue));
        break;
    case WIRE_LANGUAGE:
        on_language(conn, buf_slice(&m->bytes));
        break;
    default:
        gateway_require(false, "a message in the wrong direction", OK);
    }
}

static void receive_v2(struct sim_conn *conn, struct slice json)
{
    struct client_message m;
    const char *detail = "";
    const enum error err = client_decode(&conn->gateway->decoder, PAD_V2, json, &m, &detail);
    gateway_require(err == OK, detail, err);
    gateway_require(conn->doc || m.kind == CLIENT_HELLO, "a client did not say Hello first", OK);
    gateway_require(m.kind != CLIENT_EDIT || json.len <= conn->gateway->message_bytes_max,
                    "an edit is larger than a message may be", OK);
    switch (m.kind) {
    case CLIENT_HELLO:
        m.hello.pad.version = PAD_V2;
        conn->is_reader = m.hello.link.ptr != NULL;
        on_hello(conn, &m.hello.pad, wire_password_of(m.hello.password));
        break;
    case CLIENT_EDIT:
        on_edit(conn, m.edit.revision, m.edit.op);
        break;
    case CLIENT_SET_LANGUAGE:
        on_language(conn, m.language);
        break;
    case CLIENT_INFO:
        must(document_set_info(conn->doc, &conn->peer, m.info.name, m.info.hue));
        break;
    case CLIENT_CURSORS:
        must(document_set_cursors(conn->doc, &conn->peer, m.cursors.carets, m.cursors.caret_count,
                                  m.cursors.selections, m.cursors.selection_count));
        break;
    case CLIENT_PING:
        on_ping(conn, m.ping);
        break;
    default:
        gateway_require(false, "a message of v1", OK);
    }
}

static void receive(struct sim_conn *conn, const struct wire_message *m)
{
    if (m->kind == WIRE_TEXT) {
        receive_v2(conn, buf_slice(&m->bytes));
        return;
    }
    gateway_require(conn->doc || m->kind == WIRE_HELLO, "a client did not say Hello first", OK);
    receive_v1(conn, m);
}

bool gateway_receive(struct sim_conn *conn)
{
    struct wire_message *m = conn->open ? NULL : wire_take(&conn->up);
    if (!m)
        return false;
    if (!conn->is_closed)
        receive(conn, m);
    wire_free(m);
    return true;
}

/* ---- who writes ---- */

/* As src/session/access.c. */
static void change_role(struct sim_conn *conn)
{
    const bool is_viewer = may_only_read(conn);
    if (!conn->doc || conn->peer.is_viewer == is_viewer)
        return;
    pad_set_viewer(&conn->peer, is_viewer);
    document_has_news(conn->doc);
    if (conn->peer.version == PAD_V2 && !conn->must_welcome)
        tell_access(conn);
}

void gateway_hold_pen(struct gateway *g, const char *id, bool is_held)
{
    known(g, id)->is_pen_held = is_held;
    LIST_EACH (at, next, &g->conns) {
        if (strcmp(conn_of(at)->document, id) == 0)
            change_role(conn_of(at));
    }
}

/* ---- passwords ---- */

static struct slice new_password(const struct password_change *change)
{
    return change->is_on ? slice_of(change->new_password, PASSWORD_CHARS) : (struct slice){0};
}

static void on_password_changed(struct password_change *change, enum error err)
{
    struct sim_password_change *c = LIST_ITEM(change, struct sim_password_change, change);
    const struct fake_document *row = fake_store_row(&c->gateway->store, c->known->id);
    if (err == OK) { /* from now on people may be told */
        c->known->password = wire_password_of(new_password(change));
        gateway_require(row && password_equal(row->password, &c->known->password),
                        "a password is announced that the database does not have", OK);
        c->gateway->counts.passwords++;
    }
    if (!c->gateway->is_dying) /* else the next start looks what became of it */
        c->known->is_changing_password = false;
    list_remove(&c->link);
    free(c);
}

enum error gateway_change_password(struct gateway *g, const char *id, const struct password_change *change)
{
    struct sim_password_change *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->gateway = g;
    c->known = known(g, id);
    c->change = *change;
    c->change.done = on_password_changed;
    enum error err = document_change_password(&g->documents, slice_from_cstr(id), &c->change);
    if (err) {
        free(c);
        return err;
    }
    list_append(&g->password_changes, &c->link);
    c->known->is_changing_password = true;
    return OK;
}

void gateway_bring_back(struct gateway *g, const char *id, struct slice text)
{
    struct document *doc = gateway_find(g, id);
    struct write write = {.kind = WRITE_TEXT, .text = text};
    struct writer *writer;
    uint64_t work = 0;
    if (!doc || doc->lost_why || writer_come(doc, (struct id128){{9, 9}}, (struct slice){0}, &writer))
        return;
    enum error err = document_write(doc, writer, &write, &work);
    gateway_require(!err || err == ERR_STORAGE || err == ERR_DOCUMENT_TOO_LARGE, "bringing back a text", err);
    writer_go(writer);
    document_has_news(doc);
    g->counts.brought_back += !err;
}

struct wire_password gateway_password(struct gateway *g, const char *id)
{
    struct document *doc = gateway_find(g, id);
    const struct fake_document *row = fake_store_row(&g->store, id);
    return wire_password_of(doc ? doc->pad.password : row ? row->password : (struct slice){0});
}

/* ---- the server ---- */

/* Whoever has room knows all that may be known, unless somebody left during the
 * broadcast: that is for the next one. */
static void check_told(struct gateway *g)
{
    LIST_EACH (at, next, &g->conns) {
        struct sim_conn *conn = conn_of(at);
        bool waits = conn->is_behind || !conn->doc || !list_is_empty(&conn->doc->dirty_link);
        gateway_require(waits || !conn_lacks(conn), "a turn ends and somebody was not told", OK);
    }
}

void gateway_turn(struct gateway *g)
{
    journal_post(&g->documents);
    documents_broadcast(&g->documents);
    check_told(g);
}

void gateway_tick(struct gateway *g, int64_t later_ms)
{
    g->store.now_ms += later_ms;
    if (!fake_store_timer_is_due(&g->store))
        return;
    g->store.timer_due_ms = 0;
    documents_on_timer(&g->documents);
}

void gateway_carry_out(struct gateway *g, uint32_t count)
{
    fake_store_carry_out(&g->store, count);
}

void gateway_answer(struct gateway *g)
{
    fake_store_deliver(&g->store);
    documents_set_storage_failing(&g->documents, g->store.is_failing);
}

void gateway_set_failing(struct gateway *g, bool is_failing)
{
    g->counts.outages += is_failing && !g->store.is_failing;
    g->store.is_failing = is_failing;
}

void gateway_set_damaged(struct gateway *g, const char *id)
{
    g->counts.damages += id != NULL;
    g->store.tables.bad = id ? slice_from_cstr(id) : (struct slice){0};
}

static void on_found(struct store_request *req)
{
    struct gateway *g = req->context;
    for (uint32_t i = 0; i < req->id_count; i++)
        document_expire(&g->documents, req->ids[i], req->cutoff_ms);
    store_request_free(req);
}

void gateway_search_expired(struct gateway *g)
{
    struct store_request *req = store_request_new(STORE_EXPIRED, (struct slice){0});
    if (!req)
        abort();
    req->context = g;
    req->done = on_found;
    req->cutoff_ms = g->store.now_ms - g->policy.expiry_ms;
    req->max_ids = EXPIRED_IDS_MAX;
    fake_store_host.post(&g->store, req);
}

/* ---- the end ---- */

/* A change that was under way may have been written or not: whoever comes next
 * finds out. */
static void find_out_passwords(struct gateway *g)
{
    for (unsigned i = 0; i < g->known_count; i++) {
        if (!g->known[i].is_changing_password)
            continue;
        g->known[i].password = gateway_password(g, g->known[i].id);
        g->known[i].is_changing_password = false;
    }
}

void gateway_crash(struct gateway *g)
{
    cut_all(g);
    die(g);
    start(g);
    find_out_passwords(g);
}

void gateway_stop(struct gateway *g)
{
    documents_stop(&g->documents);
}

bool gateway_is_written(struct gateway *g)
{
    return documents_are_written(&g->documents);
}

/* The row alone holds all that memory does. */
static void check_written(struct gateway *g, struct document *doc)
{
    const struct fake_document *row = fake_tables_find(&g->store.tables, doc->id);
    bool is_nothing = doc->pad.revision == 0 && !doc->pad.language.ptr && !doc->pad.password.ptr;
    gateway_require(row || is_nothing, "a document is not in the database at the end", OK);
    if (!row)
        return;
    struct buf text = {0};
    must(rope_read(&doc->pad.text, 0, rope_size(&doc->pad.text).points, &text));
    gateway_require(row->revision == doc->pad.revision && slice_equal(row->text, buf_slice(&text)),
                    "the row has another text at the end", OK);
    gateway_require(slice_equal(row->language, doc->pad.language) &&
                        slice_equal(row->password, doc->pad.password),
                    "the row has another language or password at the end", OK);
    buf_deinit(&text);
}

void gateway_restart(struct gateway *g)
{
    LIST_EACH (at, next, &g->documents.all)
        check_written(g, LIST_ITEM(at, struct document, all_link));
    cut_all(g);
    fake_store_answer_all(&g->store); /* the store writes what it has before it closes */
    die(g);
    start(g);
    g->counts.restarts++;
}

/* ---- look ---- */

static void check_row(struct gateway *g, struct gateway_document *k)
{
    const struct fake_document *row = fake_store_row(&g->store, k->id);
    struct document *doc = gateway_find(g, k->id);
    if (k->has_row && !row) { /* somebody may have begun it anew since */
        gateway_require(!doc || doc->peer_count == 0 || !doc->stored,
                        "a document was deleted while somebody is in it", OK);
        k->password = (struct wire_password){0};
        k->has_expired = true;
        g->counts.expired++;
    }
    k->has_row = row != NULL;
    struct slice stored = row ? row->password : (struct slice){0};
    gateway_require(k->is_changing_password || password_equal(stored, &k->password),
                    "the database has another password than was announced", OK);
}

static void check_document(struct document *doc)
{
    const char *wrong = doc->state == DOCUMENT_READY ? pad_check(&doc->pad) : NULL;
    gateway_require(wrong == NULL, wrong, OK);
}

void gateway_check(struct gateway *g)
{
    for (unsigned i = 0; i < g->known_count; i++)
        check_row(g, &g->known[i]);
    LIST_EACH (at, next, &g->documents.all)
        check_document(LIST_ITEM(at, struct document, all_link));
}

static bool is_document_quiet(const struct document *doc)
{
    return doc->state == DOCUMENT_READY && doc->pad.committed == doc->pad.revision &&
           !doc->pad.cursors_pending;
}

static bool is_conn_quiet(const struct sim_conn *conn)
{
    return conn->doc && conn->is_welcomed && conn->up.count == 0 && conn->down.count == 0 &&
           !pad_peer_lacks(&conn->peer);
}

bool gateway_is_quiet(struct gateway *g)
{
    if (fake_store_count(&g->store) > 0)
        return false;
    LIST_EACH (at, next, &g->documents.all) {
        if (!is_document_quiet(LIST_ITEM(at, struct document, all_link)))
            return false;
    }
    LIST_EACH (at, next, &g->conns) {
        if (!is_conn_quiet(conn_of(at)))
            return false;
    }
    return true;
}
