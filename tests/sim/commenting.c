#include "sim/commenting.h"

#include "client/client_private.h"
#include "doc/comments.h"
#include "sim/client_private.h"
#include "support/marked_text.h"
#include "support/unit.h"

enum { PIECES_MAX = 12, DELETE_ONE_IN = 5, OLD_ONE_IN = 3 };

/* ---- the oracle ---- */

struct piece {
    char id[COMMENT_ID_CHARS];
    struct marked_text text;
};

struct oracle {
    uint64_t revision;
    struct piece *pieces[PIECES_MAX]; /* NULL: free */
};

static struct oracle *oracle_of(struct sim_document *d)
{
    if (!d->oracle)
        d->oracle = calloc(1, sizeof(struct oracle));
    assert_non_null(d->oracle);
    return d->oracle;
}

static void forget(struct oracle *o)
{
    for (int i = 0; i < PIECES_MAX; i++) {
        free(o->pieces[i]);
        o->pieces[i] = NULL;
    }
}

void commenting_deinit(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.documents; i++) {
        if (sim->documents[i].oracle)
            forget(sim->documents[i].oracle);
        free(sim->documents[i].oracle);
    }
}

static struct piece **find(struct oracle *o, const char *id)
{
    struct piece **empty = NULL;
    for (int i = 0; i < PIECES_MAX; i++) {
        if (o->pieces[i] && memcmp(o->pieces[i]->id, id, COMMENT_ID_CHARS) == 0)
            return &o->pieces[i];
        if (!o->pieces[i])
            empty = &o->pieces[i];
    }
    return empty;
}

static void move_on(struct sim *sim, struct oracle *o, const struct pad *pad)
{
    if (o->revision > pad->committed || o->revision < pad->history.base) {
        forget(o);
        o->revision = pad->committed;
    }
    for (; o->revision < pad->committed; o->revision++) {
        const struct op_view op = history_at(&pad->history, o->revision).op;
        if (op.target_points > MARKED_TEXT_MAX)
            forget(o);
        for (int i = 0; i < PIECES_MAX; i++)
            if (o->pieces[i])
                marked_text_apply(&o->pieces[i]->text, op);
        sim->comments.moved++;
    }
}

static void check_piece(struct sim *sim, const struct piece *piece, const struct anchor *a)
{
    const bool is_lost = marked_text_is_lost(&piece->text);
    sim->comments.checked++;
    sim->comments.lost += is_lost;
    if (is_lost ? !anchor_is_detached(a)
                : a->from != marked_text_from(&piece->text) || a->to != marked_text_to(&piece->text))
        sim_fail(sim, "a comment is not where its characters are");
}

/* One that is lost is back when its quote was put where it was; line ends are typed more than once. */
static bool came_back(struct sim *sim, const struct piece *piece, const struct kept_thread *thread,
                      const struct pad *pad)
{
    const struct slice quote = comment_thread_quote(thread->bytes);
    const struct anchor *a = &thread->anchor;
    struct buf text = {0};
    if (!marked_text_is_lost(&piece->text) || anchor_is_detached(a))
        return false;
    if (pad->committed == pad->revision) {
        assert_int_equal(rope_read(&pad->text, a->from, a->to - a->from, &text), OK);
        if (text.len < quote.len || !slice_equal(slice_of(text.ptr, quote.len), quote))
            sim_fail(sim, "a comment came back to another text");
        buf_deinit(&text);
    }
    sim->comments.came_back++;
    return true;
}

static void begin(struct piece **at, const struct kept_thread *thread, const struct pad *pad)
{
    if (!at || pad_carets_end(pad) > MARKED_TEXT_MAX || anchor_is_detached(&thread->anchor))
        return;
    *at = calloc(1, sizeof **at);
    assert_non_null(*at);
    memcpy((*at)->id, thread->id, COMMENT_ID_CHARS);
    marked_text_init(&(*at)->text, pad_carets_end(pad), thread->anchor.from, thread->anchor.to);
}

static void check_document(struct sim *sim, struct sim_document *d)
{
    const struct document *doc = gateway_find(&sim->gateway, d->id);
    struct oracle *o = oracle_of(d);
    if (!doc || !doc->pad.comments)
        return;
    move_on(sim, o, &doc->pad);
    LIST_EACH (at, following, &doc->pad.comments->threads) {
        const struct kept_thread *thread = kept_thread_of(at);
        struct piece **piece = find(o, thread->id);
        if (piece && *piece && came_back(sim, *piece, thread, &doc->pad)) {
            free(*piece);
            *piece = NULL;
        }
        if (piece && *piece)
            check_piece(sim, *piece, &thread->anchor);
        else
            begin(piece, thread, &doc->pad);
    }
}

void commenting_check(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.documents; i++)
        check_document(sim, &sim->documents[i]);
}

/* ---- what people do ---- */

/* An HTTP request under way. */
struct commenting {
    struct comment_change change;
    struct sim *sim;
};

static void on_done(struct comment_change *change, enum error err)
{
    struct commenting *c = LIST_ITEM(change, struct commenting, change);
    c->sim->comments.made += !err && change->verb == COMMENT_MAKE;
    c->sim->comments.deleted += !err && change->verb == COMMENT_DELETE_THREAD;
    free(c);
}

static struct commenting *commenting_new(struct sim *sim, enum comment_verb verb)
{
    struct commenting *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->sim = sim;
    c->change = (struct comment_change){.verb = verb,
                                        .access = ACCESS_EDIT,
                                        .author = {.name = SLICE("somebody")},
                                        .text = SLICE("a remark"),
                                        .done = on_done};
    return c;
}

static uint32_t length_at(const struct pad *pad, uint64_t revision)
{
    return revision == pad->committed ? pad_carets_end(pad)
                                      : history_at(&pad->history, revision).op.base_points;
}

/* On a text that whoever comments has read some time ago. */
static void make(struct sim *sim, struct document *doc)
{
    const struct pad *pad = &doc->pad;
    const uint64_t held = pad->committed - pad->history.base;
    const uint64_t ago = held > 0 && random_one_in(&sim->random, OLD_ONE_IN)
                             ? random_below(&sim->random, (uint32_t)(held < 20 ? held + 1 : 20))
                             : 0;
    const uint32_t len = length_at(pad, pad->committed - ago);
    if (len == 0 || pad->history.base > pad->committed)
        return;
    struct commenting *c = commenting_new(sim, COMMENT_MAKE);
    c->change.revision = pad->committed - ago;
    c->change.from = random_below(&sim->random, len);
    c->change.to = c->change.from + 1 + random_below(&sim->random, len - c->change.from);
    document_change_comments(doc, &c->change);
}

static void delete_first(struct sim *sim, struct document *doc)
{
    const struct kept_thread *first = kept_thread_of(doc->pad.comments->threads.next);
    struct commenting *c = commenting_new(sim, COMMENT_DELETE_THREAD);
    memcpy(c->change.thread_id, first->id, COMMENT_ID_CHARS);
    document_change_comments(doc, &c->change);
}

void somebody_comments(struct sim *sim)
{
    const struct sim_document *d = &sim->documents[random_below(&sim->random, sim->profile.documents)];
    struct document *doc = gateway_find(&sim->gateway, d->id);
    const struct comments *c = doc ? doc->pad.comments : NULL;
    if (!doc)
        return;
    if (c && c->count > 0 && (c->count >= PIECES_MAX || random_one_in(&sim->random, DELETE_ONE_IN)))
        delete_first(sim, doc);
    else
        make(sim, doc);
}

/* ---- in the end ---- */

static const struct incoming_thread *known(const struct thread_places *places, const char *id)
{
    for (size_t i = 0; i < places->count; i++)
        if (memcmp(places->list[i].id, id, COMMENT_ID_CHARS) == 0)
            return &places->list[i];
    return NULL;
}

static void compare(struct sim *sim, const struct client *machine, const struct pad *pad)
{
    const struct thread_places *places = client_comments(machine);
    const uint32_t count = pad->comments ? pad->comments->count : 0;
    if (places->count != count)
        sim_fail(sim, "a client knows comments that are not there, or lacks some");
    for (struct link *at = count > 0 ? pad->comments->threads.next : NULL;
         at && at != &pad->comments->threads; at = at->next) {
        const struct kept_thread *thread = kept_thread_of(at);
        const struct incoming_thread *place = known(places, thread->id);
        if (!place || place->from != thread->anchor.from || place->to != thread->anchor.to)
            sim_fail(sim, "a client has a comment in another place");
        sim->comments.compared++;
    }
}

void commenting_compare(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        const struct sim_client *c = &sim->seats[i].client;
        const struct document *doc = gateway_find(&sim->gateway, c->document);
        if (c->version == PAD_V2 && c->v2.machine->follows_comments)
            compare(sim, c->v2.machine, &doc->pad);
        else if (c->version == PAD_V2)
            assert_int_equal(client_comments(c->v2.machine)->count, 0);
    }
}
