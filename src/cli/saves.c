#include "cli/saves.h"

#include <errno.h>
#include <string.h>

enum {
    QUIET_MS = 80,          /* left alone for so long, it was saved … */
    QUIET_SHORTER_MS = 300, /* … unless it only lacks its end … */
    QUIET_EMPTY_MS = 1000,  /* … or is empty */
    RESTLESS_MS = 2000,     /* never left alone */
};

static int64_t quiet_ms(struct slice known, struct slice text)
{
    if (text.len == 0)
        return QUIET_EMPTY_MS;
    const bool is_start = text.len < known.len && memcmp(text.ptr, known.ptr, text.len) == 0;
    return is_start ? QUIET_SHORTER_MS : QUIET_MS;
}

/* SAVES_CHANGING: it has changed while it was read. */
static enum saves_look read_whole(const struct saves *s, struct buf *text, struct diskfile_state *state)
{
    const struct diskfile_state before = diskfile_look(s->file);
    const int problem = diskfile_read(s->file, text);
    *state = diskfile_look(s->file);
    if (problem == ENOENT)
        return SAVES_GONE;
    errno = problem;
    if (problem)
        return SAVES_UNREADABLE;
    return diskfile_is_same(&before, state) ? SAVES_NEW : SAVES_CHANGING;
}

/* It differs from what is known. */
static enum saves_look look_at_change(struct saves *s, struct slice known, int64_t now_ms, struct buf *text)
{
    const bool is_late = now_ms - s->restless_ms >= RESTLESS_MS;
    const int64_t alone_ms = now_ms - s->changed_ms;
    struct diskfile_state state;
    if (alone_ms < QUIET_MS && !is_late)
        return SAVES_CHANGING;
    const enum saves_look look = read_whole(s, text, &state);
    if (look != SAVES_NEW)
        return look;
    if (alone_ms < quiet_ms(known, buf_slice(text)) && !is_late)
        return SAVES_CHANGING;
    s->known = state;
    s->restless_ms = 0;
    return SAVES_NEW;
}

enum saves_look saves_look(struct saves *s, struct slice known, int64_t now_ms, struct buf *text)
{
    const struct diskfile_state state = diskfile_look(s->file);
    if (diskfile_is_missing(&state)) {
        s->gone_ms = s->gone_ms ? s->gone_ms : now_ms;
        return SAVES_GONE;
    }
    s->gone_ms = 0;
    if (diskfile_is_same(&state, &s->known)) {
        s->restless_ms = 0;
        return SAVES_SAME;
    }
    if (!diskfile_is_same(&state, &s->seen)) {
        s->seen = state;
        s->changed_ms = now_ms;
        s->restless_ms = s->restless_ms ? s->restless_ms : now_ms;
    }
    return look_at_change(s, known, now_ms, text);
}

void saves_forget(struct saves *s)
{
    s->known = (struct diskfile_state){0};
}

bool saves_is_restless(const struct saves *s)
{
    return s->restless_ms || s->gone_ms;
}
