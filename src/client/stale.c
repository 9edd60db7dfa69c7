#include "client/stale.h"

/* Points that it inserts or deletes. */
static uint64_t changed_by(struct op_view op)
{
    struct op_iter it = op_iter(op);
    uint64_t points = 0;
    while (op_iter_next(&it))
        points += it.kind == OP_RETAIN ? 0 : it.points;
    return points;
}

/* ---- words, as src/ot/between.c has them for the most part ---- */

static bool is_first_of_point(uint8_t byte)
{
    return (byte & 0xc0) != 0x80;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* ASCII, and the first byte of Latin letters with accents. */
static bool begins_word_point(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '_' || (byte >= 0xc3 && byte <= 0xc9);
}

/* A word of an inserted text, or another sign: points of the present text. */
struct word {
    uint32_t from, to;
};

/* A walk over the words that an operation inserts. */
struct words {
    struct op_iter it;
    struct slice text; /* of the present insert */
    size_t at;         /* in that */
    uint32_t point;    /* of the text after the operation */
};

static void skip_point(struct words *w)
{
    do
        w->at++;
    while (w->at < w->text.len && !is_first_of_point((uint8_t)w->text.ptr[w->at]));
    w->point++;
}

static bool next_insert(struct words *w)
{
    while (op_iter_next(&w->it)) {
        w->text = w->it.text;
        w->at = 0;
        if (w->it.kind == OP_INSERT)
            return true;
        w->point += w->it.kind == OP_RETAIN ? w->it.points : 0;
    }
    return false;
}

static bool next_word(struct words *w, struct word *out)
{
    for (;;) {
        while (w->at < w->text.len && is_space((uint8_t)w->text.ptr[w->at]))
            skip_point(w);
        if (w->at < w->text.len)
            break;
        if (!next_insert(w))
            return false;
    }
    const bool is_word = begins_word_point((uint8_t)w->text.ptr[w->at]);
    out->from = w->point;
    do
        skip_point(w);
    while (is_word && w->at < w->text.len && begins_word_point((uint8_t)w->text.ptr[w->at]));
    out->to = w->point;
    return true;
}

/* ---- what is left of them ---- */

/* The component that holds a point of the text before an operation. */
struct place {
    struct op_iter it;
    uint32_t from, to;
    bool is_kept;
};

/* True when the operation keeps the word whole. Words come in the order of the text. */
static bool keeps(struct place *p, struct word word)
{
    while (p->to <= word.from && op_iter_next(&p->it)) {
        if (p->it.kind == OP_INSERT)
            continue;
        p->from = p->to;
        p->to += p->it.points;
        p->is_kept = p->it.kind == OP_RETAIN;
    }
    return p->is_kept && p->from <= word.from && word.to <= p->to;
}

bool save_is_stale(struct op_view since, struct op_view on_old, struct op_view on_now)
{
    struct words words = {.it = op_iter(since)};
    struct place place = {.it = op_iter(on_now)};
    struct word word;
    bool has_words = false;
    while (next_word(&words, &word)) {
        has_words = true;
        if (keeps(&place, word))
            return false;
    }
    return has_words || changed_by(on_now) >= changed_by(on_old) + changed_by(since);
}
