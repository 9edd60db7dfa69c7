#include "support/doc_fixture.h"

#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "observe/log.h"

#include <string.h>

struct doc_fixture fixture;

/* ---- what was told ---- */

static void note(const char *what, struct slice of_what)
{
    size_t len = strlen(fixture.told);
    snprintf(fixture.told + len, sizeof fixture.told - len, "%s%s %.*s", len ? ", " : "", what,
             (int)of_what.len, of_what.ptr);
}

static void on_news(struct document *doc)
{
    note("news", doc->id);
}

static void on_stale(struct document *doc)
{
    note("stale", doc->id);
}

static void on_drop(struct document *doc)
{
    note("drop", doc->id);
}

static struct document *document_of(const struct pad_peer *peer)
{
    return LIST_ITEM(peer->pad, struct document, pad);
}

static void on_close(struct pad_peer *peer, enum error why, const char *reason)
{
    char user[32];
    assert_non_null(reason);
    if (peer != &fixture.ada && peer != &fixture.bob && peer != &fixture.carl)
        return; /* a writer, who is nobody's to close */
    snprintf(user, sizeof user, "%llu %s", (unsigned long long)peer->user_id, error_code(why));
    note("close", slice_from_cstr(user));
    document_detach(document_of(peer), peer);
}

static void on_rights(struct document *doc, struct pad_peer *new_owner)
{
    char text[64];
    snprintf(text, sizeof text, new_owner ? "%.*s of %llu" : "%.*s", (int)doc->id.len, doc->id.ptr,
             new_owner ? (unsigned long long)new_owner->user_id : 0);
    note("rights", slice_from_cstr(text));
}

static const struct document_events events = {.on_news = on_news,
                                              .on_stale = on_stale,
                                              .on_close = on_close,
                                              .on_rights = on_rights,
                                              .on_drop = on_drop};

void assert_told(const char *want)
{
    assert_string_equal(fixture.told, want);
    fixture.told[0] = '\0';
}

/* ---- make and let go ---- */

static const struct document_policy usual_policy = {.durability = STORE_JOURNAL,
                                                    .expiry_ms = 30 * (int64_t)DAY_MS,
                                                    .memory_retention_ms = 2 * HOUR_MS,
                                                    .persist_check_ms = 10 * SECOND_MS,
                                                    .idle_persist_ms = 30 * SECOND_MS,
                                                    .safety_net_ms = 5 * MINUTE_MS,
                                                    .password_attempts_per_minute = 3};

static void start(void)
{
    assert_int_equal(limits_new(&fixture.limits_config, &fixture.limits), OK);
    documents_init(&fixture.documents, &fixture.policy, &fake_store_host, &events, &fixture.store,
                   fixture.limits);
    fixture.store.timer_due_ms = fixture.store.now_ms + 1; /* the first look is the owner's */
}

static void everybody_leaves(struct document *doc)
{
    if (doc->state != DOCUMENT_READY)
        return;
    while (!list_is_empty(&doc->pad.peers))
        document_detach(doc, LIST_ITEM(doc->pad.peers.next, struct pad_peer, link));
}

static void stop(void)
{
    LIST_EACH (at, following, &fixture.documents.all)
        everybody_leaves(LIST_ITEM(at, struct document, all_link));
    fake_store_lose_all(&fixture.store);
    documents_close(&fixture.documents);
    limits_free(fixture.limits);
}

int fixture_begin(void **state)
{
    (void)state;
    fixture = (struct doc_fixture){.policy = usual_policy, .limits_config = {.addresses_max = 8}};
    fixture.policy.pad_limits = pad_limits_default(1000);
    fake_store_init(&fixture.store, FIXTURE_START_MS);
    start();
    return 0;
}

int fixture_end(void **state)
{
    (void)state;
    stop();
    fake_store_deinit(&fixture.store);
    return 0;
}

void fixture_crash(void)
{
    stop();
    fixture.told[0] = '\0';
    start();
}

void fixture_restart(void)
{
    answer_all();
    fixture_crash();
}

int fixture_begin_group(void **state)
{
    (void)state;
    return log_open(&(struct log_config){.level = LOG_ERROR, .file = SLICE("/dev/null")});
}

int fixture_end_group(void **state)
{
    (void)state;
    log_close();
    return 0;
}

/* ---- time ---- */

void turn(void)
{
    journal_post(&fixture.documents);
    documents_broadcast(&fixture.documents);
}

static void store_answers(void)
{
    fake_store_answer_all(&fixture.store);
    documents_set_storage_failing(&fixture.documents, fixture.store.is_failing);
}

void answer_all(void)
{
    uint32_t waiting;
    do {
        store_answers();
        waiting = fake_store_count(&fixture.store);
        turn();
    } while (fake_store_count(&fixture.store) > waiting);
}

void later(int64_t ms)
{
    struct fake_store *s = &fixture.store;
    int64_t until_ms = s->now_ms + ms;
    while (s->timer_due_ms != 0 && s->timer_due_ms <= until_ms) {
        s->now_ms = s->timer_due_ms > s->now_ms ? s->timer_due_ms : s->now_ms;
        s->timer_due_ms = 0;
        documents_on_timer(&fixture.documents);
    }
    s->now_ms = until_ms;
}

void jump(int64_t ms)
{
    fixture.store.now_ms += ms;
}

/* ---- people ---- */

struct address client_at(uint8_t last_byte)
{
    char text[32];
    struct address client;
    snprintf(text, sizeof text, "10.0.0.%u", last_byte);
    assert_true(address_parse(slice_from_cstr(text), &client));
    return client;
}

static void on_answer(void *owner, const struct open_result *result)
{
    struct asker *a = owner;
    a->answers++;
    a->result = *result;
    a->open = NULL;
    if (a->joins && result->doc)
        attach(result->doc, a->joins, 20);
}

static struct asker *ask_with(uint8_t from, const char *id, enum open_goal goal, const char *password,
                              bool password_follows)
{
    assert_in_range(fixture.asker_count, 0, FIXTURE_ASKERS - 1);
    struct asker *a = &fixture.askers[fixture.asker_count++];
    char id_copy[32], password_copy[32] = "";
    snprintf(id_copy, sizeof id_copy, "%s", id); /* both may go when document_open has returned */
    snprintf(password_copy, sizeof password_copy, "%s", password ? password : "");
    struct open_request request = {.id = slice_from_cstr(id_copy),
                                   .password = password ? slice_from_cstr(password_copy) : (struct slice){0},
                                   .client = client_at(from),
                                   .goal = goal,
                                   .password_follows = password_follows,
                                   .done = on_answer,
                                   .owner = a};
    struct open *open = document_open(&fixture.documents, &request);
    assert_int_equal(open == NULL, a->answers == 1);
    a->open = open;
    return a;
}

struct asker *ask_from(uint8_t from, const char *id, enum open_goal goal, const char *password)
{
    return ask_with(from, id, goal, password, false);
}

struct asker *knock(const char *id)
{
    return ask_with(1, id, OPEN_PEEK, NULL, true);
}

struct asker *ask(const char *id, enum open_goal goal, const char *password)
{
    return ask_from(1, id, goal, password);
}

void assert_answer(const struct asker *a, enum error err)
{
    assert_int_equal(a->answers, 1);
    assert_string_equal(error_code(a->result.err), error_code(err));
    assert_true(!err || !a->result.doc);
}

struct document *open_document(const char *id)
{
    struct asker *a = ask(id, OPEN_EDIT, NULL);
    fake_store_answer_all(&fixture.store);
    assert_answer(a, OK);
    assert_non_null(a->result.doc);
    fixture.asker_count--;
    struct document *doc = a->result.doc;
    *a = (struct asker){0};
    return doc;
}

struct document *find(const char *id)
{
    return document_find(&fixture.documents, slice_from_cstr(id));
}

static void attach_with(struct document *doc, struct pad_peer *peer, struct pad_hello hello)
{
    struct pad_welcome welcome;
    *peer = (struct pad_peer){0};
    assert_int_equal(document_attach(doc, peer, &hello, &welcome), OK);
    check_pad(&doc->pad);
}

void attach(struct document *doc, struct pad_peer *peer, uint8_t token)
{
    attach_with(doc, peer, hello_v2(token));
}

void attach_v1(struct document *doc, struct pad_peer *peer)
{
    attach_with(doc, peer, (struct pad_hello){.version = PAD_V1});
}

void detach(struct document *doc, struct pad_peer *peer)
{
    document_detach(doc, peer);
}

enum error try_type(struct document *doc, struct pad_peer *peer, const char *line)
{
    struct op op = {0};
    assert_int_equal(op_text_parse(line, &op), OK);
    uint64_t revision = pad_revision_for(peer, doc->pad.revision);
    enum error err = document_edit(doc, peer, revision, op_view(&op));
    op_deinit(&op);
    check_pad(&doc->pad);
    return err;
}

void type(struct document *doc, struct pad_peer *peer, const char *line)
{
    assert_int_equal(try_type(doc, peer, line), OK);
}

void type_more(struct document *doc, struct pad_peer *peer, const char *text)
{
    char line[64];
    snprintf(line, sizeof line, "=%u +%s", rope_size(&doc->pad.text).points, text);
    type(doc, peer, line);
}

/* ---- the database ---- */

struct fake_document *row(const char *id)
{
    return fake_store_row(&fixture.store, id);
}

struct fake_document *put_row(const char *id, const char *text, const char *password)
{
    struct store_request *req = store_request_new(STORE_SNAPSHOT, slice_from_cstr(id));
    assert_non_null(req);
    req->text = slice_from_cstr(text);
    req->password = password ? slice_from_cstr(password) : (struct slice){0};
    req->now_ms = fixture.store.now_ms;
    fake_tables_carry_out(&fixture.store.tables, req);
    store_request_free(req);
    return row(id);
}

/* As the next process would load it. */
void assert_database(const char *id, const char *text)
{
    struct store_request *req = store_request_new(STORE_LOAD, slice_from_cstr(id));
    fake_tables_carry_out(&fixture.store.tables, req);
    assert_int_equal(req->result, OK);
    assert_true(req->found);
    struct fake_store unused;
    struct documents documents;
    fake_store_init(&unused, fixture.store.now_ms);
    documents_init(&documents, &fixture.policy, &fake_store_host, &events, &unused, fixture.limits);
    struct document *doc = document_new(&documents, slice_from_cstr(id));
    assert_int_equal(document_restore(doc, req), OK);
    assert_text(&doc->pad, text);
    size_t told = strlen(fixture.told);
    documents_close(&documents);
    fixture.told[told] = '\0'; /* that it was dropped is nobody's business */
    fake_store_deinit(&unused);
    store_request_free(req);
}

/* ---- requests ---- */

void assert_requests(const char *want)
{
    static const char *const kinds[] = {
        [STORE_LOAD] = "load",           [STORE_PEEK] = "peek",
        [STORE_APPEND] = "append",       [STORE_SNAPSHOT] = "snapshot",
        [STORE_OPEN] = "open",           [STORE_DELETE] = "delete",
        [STORE_EXPIRED] = "expired",     [STORE_RELEASE] = "release",
        [STORE_RIGHTS] = "rights",       [STORE_FIND_LINK] = "find_link",
        [STORE_LINK_USED] = "link_used", [STORE_FIND_DELETED] = "find_deleted",
        [STORE_COMMENT] = "comment"};
    char got[512] = "";
    size_t len = 0;
    LIST_EACH (at, following, &fixture.store.posted) {
        const struct store_request *req = LIST_ITEM(at, struct store_request, link);
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s", len ? ", " : "", kinds[req->kind]);
        if (req->id.len > 0)
            len += (size_t)snprintf(got + len, sizeof got - len, " %.*s", (int)req->id.len, req->id.ptr);
        for (uint32_t i = 0; i < req->row_count; i++)
            len += (size_t)snprintf(got + len, sizeof got - len, " %.*s", (int)req->rows[i].id.len,
                                    req->rows[i].id.ptr);
    }
    assert_string_equal(got, want);
}
