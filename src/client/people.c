#include "client/people.h"

#include "base/alloc.h"

#include <string.h>

enum { CAP_MIN = 8 };

void people_deinit(struct people *p)
{
    mem_free(p->list);
    *p = (struct people){0};
}

void people_clear(struct people *p)
{
    p->count = 0;
}

/* Where that one is, or would be. */
static size_t place_of(const struct people *p, uint64_t user_id)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (p->list[middle].user_id < user_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct people *p, size_t at, uint64_t user_id)
{
    return at < p->count && p->list[at].user_id == user_id;
}

const struct person *people_find(const struct people *p, uint64_t user_id)
{
    const size_t at = place_of(p, user_id);
    return is_at(p, at, user_id) ? &p->list[at] : NULL;
}

static enum error grow(struct people *p)
{
    const size_t cap = p->cap ? 2 * p->cap : CAP_MIN;
    struct person *list = mem_realloc(p->list, cap * sizeof *list);
    if (!list)
        return ERR_NO_MEMORY;
    p->list = list;
    p->cap = cap;
    return OK;
}

/* *out NULL: there are too many already. */
static enum error find_or_add(struct people *p, uint64_t user_id, struct person **out)
{
    const size_t at = place_of(p, user_id);
    *out = NULL;
    if (!is_at(p, at, user_id)) {
        if (p->count == PEOPLE_MAX)
            return OK;
        const enum error err = p->count == p->cap ? grow(p) : OK;
        if (err)
            return err;
        memmove(&p->list[at + 1], &p->list[at], (p->count - at) * sizeof *p->list);
        p->list[at] = (struct person){.user_id = user_id};
        p->count++;
    }
    *out = &p->list[at];
    return OK;
}

enum error people_set_info(struct people *p, uint64_t user_id, struct slice name, uint16_t hue)
{
    struct person *person;
    const enum error err = find_or_add(p, user_id, &person);
    if (err || !person)
        return err;
    person->name_bytes = (uint16_t)(name.len < sizeof person->name ? name.len : sizeof person->name);
    if (person->name_bytes > 0)
        memcpy(person->name, name.ptr, person->name_bytes);
    person->hue = hue;
    person->has_info = true;
    return OK;
}

enum error people_set_places(struct people *p, uint64_t user_id, const struct places *places)
{
    struct person *person;
    const enum error err = find_or_add(p, user_id, &person);
    if (!err && person)
        person->places = *places;
    return err;
}

void people_remove(struct people *p, uint64_t user_id)
{
    const size_t at = place_of(p, user_id);
    if (!is_at(p, at, user_id))
        return;
    p->count--;
    memmove(&p->list[at], &p->list[at + 1], (p->count - at) * sizeof *p->list);
}

void places_move(struct places *places, struct op_view op)
{
    for (uint32_t i = 0; i < places->caret_count; i++)
        places->carets[i] = op_move_caret(op, places->carets[i]);
    for (uint32_t i = 0; i < places->selection_count; i++) {
        places->selections[i].anchor = op_move_caret(op, places->selections[i].anchor);
        places->selections[i].head = op_move_caret(op, places->selections[i].head);
    }
}

void people_move(struct people *p, struct op_view op)
{
    for (size_t i = 0; i < p->count; i++)
        places_move(&p->list[i].places, op);
}
