#include "api/history_answers.h"

#include "archive/moment.h"
#include "archive/sittings.h"
#include "base/hash.h"
#include "base/json.h"
#include "ot/between.h"
#include "proto/server_message.h"

enum { READ_BYTES_MAX = 64 * 1024 * 1024 };

/* ---- names ---- */

/* What the author was called when `revision` was made: the latest name up to there, or else
 * the first that is known. NULL: nobody knows. They are sorted by author, then revision. */
static const struct store_author *author_at(const struct store_history *h, uint64_t author, uint64_t revision)
{
    const struct store_author *found = NULL;
    for (uint32_t i = 0; i < h->author_count; i++) {
        const struct store_author *a = &h->authors[i];
        if (a->author == author && (!found || a->first_revision <= revision))
            found = a;
    }
    return found;
}

static void write_name(struct json *j, const struct store_author *author)
{
    json_raw(j, "\"name\":");
    json_quoted_or_null(j, author ? author->name : (struct slice){0});
    json_raw(j, ",\"hue\":");
    if (author)
        json_uint(j, author->hue);
    else
        json_raw(j, "null");
}

static void write_author_id(struct json *j, uint64_t author)
{
    if (author == PAD_SYSTEM_USER)
        json_raw(j, "null");
    else
        json_uint(j, author);
}

/* ---- GET …/history ---- */

static void ask_sittings(const struct history_question *q, struct store_history *what)
{
    (void)q;
    what->wants = STORE_HISTORY_HEADS | STORE_HISTORY_ROWS | STORE_HISTORY_AUTHORS;
    what->to = UINT64_MAX;
}

/* From `revision` on what is in no segment yet. Where something is missing it goes on behind. */
static enum error add_rows(struct sittings *s, const struct store_history *h, uint64_t revision)
{
    enum error err = OK;
    for (uint32_t row = 0; !err && row < h->row_count;) {
        struct walk w;
        struct archive_entry entry;
        walk_begin(&w, h, revision);
        while (!err && (err = walk_next(&w, &entry)) == OK && !w.is_done)
            err = sittings_add_entry(s, &entry);
        revision = w.revision;
        walk_end(&w);
        while (row < h->row_count && h->rows[row].end_revision <= revision)
            row++;
        if (row < h->row_count)
            revision = h->rows[row].first_revision;
    }
    return err;
}

static enum error collect_sittings(struct sittings *s, const struct store_history *h)
{
    uint64_t revision = h->begins;
    enum error err = OK;
    for (uint32_t i = 0; !err && i < h->segment_count; i++) {
        const struct store_segment *segment = &h->segments[i];
        if (segment->end_revision <= revision)
            continue;
        err = sittings_add_encoded(s, segment->sittings, segment->first_revision);
        revision = segment->end_revision;
    }
    return err ? err : add_rows(s, h, revision);
}

static void write_sitting(struct json *j, const struct store_history *h, const struct sitting *s)
{
    json_raw(j, "{\"first\":");
    json_uint(j, s->first);
    json_raw(j, ",\"end\":");
    json_uint(j, s->end);
    json_raw(j, ",\"began_at\":");
    json_int(j, s->began_ms / 1000);
    json_raw(j, ",\"ended_at\":");
    json_int(j, s->ended_ms / 1000);
    json_raw(j, ",\"authors\":[");
    for (uint32_t i = 0; i < s->author_count; i++) {
        json_raw(j, i ? ",{\"id\":" : "{\"id\":");
        json_uint(j, s->authors[i]);
        json_raw(j, ",");
        write_name(j, author_at(h, s->authors[i], s->end - 1));
        json_raw(j, "}");
    }
    json_raw(j, "],\"inserted\":");
    json_uint(j, s->inserted);
    json_raw(j, ",\"deleted\":");
    json_uint(j, s->deleted);
    json_raw(j, "}");
}

static enum error answer_sittings(struct history_question *q, const struct store_history *h)
{
    struct sittings s = {0};
    struct json j = json_to(&q->body);
    enum error err = collect_sittings(&s, h);
    uint32_t written = 0;
    json_raw(&j, "[");
    for (uint32_t i = s.count; !err && i > 0 && written < q->limit; i--) {
        const struct sitting *sitting = sittings_at(&s, i - 1);
        if (sitting->first >= q->to)
            continue;
        json_raw(&j, written++ ? ",\n" : "");
        write_sitting(&j, h, sitting);
    }
    json_raw(&j, "]\n");
    sittings_deinit(&s);
    return err ? err : json_error(&j);
}

/* ---- the text at a revision ---- */

static void note_nearest(bool *has, uint64_t *nearest, uint64_t revision)
{
    *has = true;
    *nearest = revision;
}

/* Reaches exactly that revision. */
static enum error reach(struct history_question *q, const struct store_history *h, uint64_t revision,
                        bool with_runs, struct moment *m)
{
    if (revision < h->begins) {
        note_nearest(&q->has_after, &q->after, h->begins);
        return ERR_GONE;
    }
    enum error err = moment_reach(m, h, revision, with_runs);
    if (err == ERR_NOT_FOUND)
        return ERR_GONE;
    if (err || m->revision == revision)
        return err;
    note_nearest(&q->has_before, &q->before, m->revision);
    if (m->next > 0)
        note_nearest(&q->has_after, &q->after, m->next);
    moment_end(m);
    return ERR_GONE;
}

static void ask_text(const struct history_question *q, struct store_history *what)
{
    what->wants = STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS;
    what->from = what->to = q->to;
}

static enum error answer_text(struct history_question *q, const struct store_history *h)
{
    struct moment m;
    enum error err = reach(q, h, q->to, false, &m);
    if (err)
        return err;
    err = rope_read(&m.text, 0, rope_size(&m.text).points, &q->body);
    q->time_ms = m.time_ms;
    moment_end(&m);
    return err;
}

/* ---- operations ---- */

static void ask_operations(const struct history_question *q, struct store_history *what)
{
    what->wants = STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS;
    what->from = q->from;
    what->to = q->to;
    what->max_bytes = HISTORY_OPERATIONS_BYTES;
}

static void write_entry(struct json *j, const struct archive_entry *entry)
{
    json_raw(j, "{\"revision\":");
    json_uint(j, entry->first);
    if (entry->end != entry->first + 1) {
        json_raw(j, ",\"end\":");
        json_uint(j, entry->end);
    }
    json_raw(j, ",\"author\":");
    write_author_id(j, entry->author);
    json_raw(j, ",\"time\":");
    json_int(j, entry->time_ms);
    json_raw(j, ",\"operation\":");
    encode_operation(j, entry->op);
    json_raw(j, "}");
}

static enum error write_operations(struct history_question *q, struct walk *w)
{
    struct json j = json_to(&q->body);
    struct archive_entry entry;
    const char *before = "[";
    while (q->body.len < HISTORY_OPERATIONS_BYTES && w->revision < q->to) {
        enum error err = walk_next(w, &entry);
        if (err)
            return err;
        if (w->is_done || entry.end > q->to)
            break;
        json_raw(&j, before);
        write_entry(&j, &entry);
        before = ",\n";
    }
    json_raw(&j, *before == '[' ? "[]\n" : "]\n");
    return json_error(&j);
}

static enum error answer_operations(struct history_question *q, const struct store_history *h)
{
    if (q->from < h->begins) {
        note_nearest(&q->has_after, &q->after, h->begins);
        return ERR_GONE;
    }
    struct walk w;
    walk_begin(&w, h, q->from);
    enum error err = write_operations(q, &w);
    if (!err && w.straddled) {
        note_nearest(&q->has_after, &q->after, w.straddled);
        err = ERR_GONE;
    }
    walk_end(&w);
    return err;
}

/* ---- the difference ---- */

static void ask_diff(const struct history_question *q, struct store_history *what)
{
    what->wants = STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS;
    what->from = q->from < q->to ? q->from : q->to;
    what->to = q->from < q->to ? q->to : q->from;
}

static enum error text_at(struct history_question *q, const struct store_history *h, uint64_t revision,
                          struct buf *text)
{
    struct moment m;
    enum error err = reach(q, h, revision, false, &m);
    if (err)
        return err;
    err = rope_read(&m.text, 0, rope_size(&m.text).points, text);
    moment_end(&m);
    return err;
}

static enum error answer_diff(struct history_question *q, const struct store_history *h)
{
    struct buf from = {0}, to = {0};
    struct op op = {0};
    enum error err = text_at(q, h, q->from, &from);
    if (!err)
        err = text_at(q, h, q->to, &to);
    if (!err)
        err = op_between(buf_slice(&from), buf_slice(&to), &op);
    if (!err) {
        struct json j = json_to(&q->body);
        encode_operation(&j, op_view(&op));
        json_raw(&j, "\n");
        err = json_error(&j);
    }
    buf_deinit(&from);
    buf_deinit(&to);
    op_deinit(&op);
    return err;
}

/* ---- who wrote it ---- */

static void ask_authorship(const struct history_question *q, struct store_history *what)
{
    (void)q;
    what->wants =
        STORE_HISTORY_CHECKPOINT | STORE_HISTORY_SEGMENTS | STORE_HISTORY_ROWS | STORE_HISTORY_AUTHORS;
    what->from = what->to = UINT64_MAX;
}

static bool wrote_any(const struct runs *runs, uint64_t author)
{
    for (uint32_t i = 0, count = runs_count(runs); i < count; i++)
        if (runs_at(runs, i).author == author)
            return true;
    return false;
}

static void write_runs(struct json *j, const struct runs *runs)
{
    for (uint32_t i = 0, count = runs_count(runs); i < count; i++) {
        struct run run = runs_at(runs, i);
        json_raw(j, i ? ",[" : "[");
        json_uint(j, run.points);
        json_raw(j, ",");
        write_author_id(j, run.author);
        json_raw(j, "]");
    }
}

/* Those of whom something is left, under the name that they had last. */
static void write_authors(struct json *j, const struct store_history *h, const struct runs *runs)
{
    const char *before = "";
    for (uint32_t i = 0; i < h->author_count; i++) {
        uint64_t author = h->authors[i].author;
        bool is_last = i + 1 == h->author_count || h->authors[i + 1].author != author;
        if (!is_last || !wrote_any(runs, author))
            continue;
        json_raw(j, before);
        json_raw(j, "\"");
        json_uint(j, author);
        json_raw(j, "\":{");
        write_name(j, &h->authors[i]);
        json_raw(j, "}");
        before = ",";
    }
}

static enum error answer_authorship(struct history_question *q, const struct store_history *h)
{
    struct moment m;
    enum error err = reach(q, h, h->end, true, &m);
    if (err)
        return err;
    struct json j = json_to(&q->body);
    json_raw(&j, "{\"revision\":");
    json_uint(&j, m.revision);
    json_raw(&j, ",\"runs\":[");
    write_runs(&j, &m.runs);
    json_raw(&j, "],\"authors\":{");
    write_authors(&j, h, &m.runs);
    json_raw(&j, "}}\n");
    moment_end(&m);
    return json_error(&j);
}

/* ---- all of them ---- */

static const char JSON[] = "application/json";

const struct history_answerer history_sittings = {ask_sittings, answer_sittings, JSON, "[]\n"};
const struct history_answerer history_text = {ask_text, answer_text, "text/plain; charset=utf-8", NULL};
const struct history_answerer history_operations = {ask_operations, answer_operations, JSON, NULL};
const struct history_answerer history_diff = {ask_diff, answer_diff, JSON, NULL};
const struct history_answerer history_authorship = {ask_authorship, answer_authorship, JSON, NULL};

struct store_request *history_question_ask(struct slice id, const struct history_question *q)
{
    struct store_request *req = store_request_new(STORE_HISTORY, id);
    if (!req || store_request_history(req)) {
        store_request_free(req);
        return NULL;
    }
    req->history->max_bytes = READ_BYTES_MAX;
    q->answerer->ask(q, req->history);
    return req;
}

void history_question_answer(struct history_question *q, const struct store_request *req)
{
    const struct store_history *h = req->history;
    bool is_off = q->is_off || h->is_off;
    if (!req->found)
        q->err = ERR_NOT_FOUND;
    else if (!is_off)
        q->err = q->answerer->answer(q, h);
    else if (q->answerer->nothing)
        q->err = buf_append(&q->body, slice_from_cstr(q->answerer->nothing));
    else
        q->err = ERR_GONE;
    if (!q->err)
        q->hash = hash_bytes(0, buf_slice(&q->body));
}
