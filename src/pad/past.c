#include "pad/past.h"

#include "base/alloc.h"
#include "pad/pad_private.h"

static enum error past_of(struct pad *pad, struct pad_past **out)
{
    if (!pad->past) {
        pad->past = mem_alloc(sizeof *pad->past);
        if (!pad->past)
            return ERR_NO_MEMORY;
        *pad->past =
            (struct pad_past){.restored_item.kind = PAD_ITEM_RESTORED, .changed_item.kind = PAD_ITEM_HISTORY};
        list_init(&pad->past->restored_item.link);
        list_init(&pad->past->changed_item.link);
    }
    *out = pad->past;
    return OK;
}

/* Somebody without a name is in nobody's list of people. */
static enum error set_author(struct pad_past_author *author, const struct pad_peer *by)
{
    const bool is_known = by && by->has_info;
    struct slice name;
    const enum error err = name_copy(is_known ? by->name : (struct slice){0}, &name);
    if (err)
        return err;
    name_replace(&author->name, name);
    author->user_id = is_known ? by->user_id : PAD_SYSTEM_USER;
    return OK;
}

enum error pad_past_restored(struct pad *pad, const struct pad_peer *by, uint64_t revision, int64_t at_ms)
{
    struct pad_past *past;
    enum error err = past_of(pad, &past);
    if (!err)
        err = set_author(&past->restored_by, by);
    if (err)
        return err;
    past->restored_revision = revision;
    past->restored_at_ms = at_ms;
    item_changed(pad, &past->restored_item);
    return OK;
}

enum error pad_past_changed(struct pad *pad, const struct pad_peer *by, enum pad_past_change change,
                            bool keeps_history)
{
    if (change != PAD_PAST_ON) {
        pad->resumes_from = pad->revision;
        (void)v1_forget(pad); /* without memory for it, the next one to come tries again */
    }
    struct pad_past *past;
    pad->keeps_history = keeps_history;
    enum error err = past_of(pad, &past);
    if (!err)
        err = set_author(&past->changed_by, by);
    if (err)
        return err;
    past->change = change;
    item_changed(pad, &past->changed_item);
    return OK;
}

size_t past_memory_bytes(const struct pad *pad)
{
    const struct pad_past *past = pad->past;
    return past ? sizeof *past + past->restored_by.name.len + past->changed_by.name.len : 0;
}

void past_free(struct pad *pad)
{
    if (!pad->past)
        return;
    item_forget(&pad->past->restored_item);
    item_forget(&pad->past->changed_item);
    name_free(&pad->past->restored_by.name);
    name_free(&pad->past->changed_by.name);
    mem_free(pad->past);
    pad->past = NULL;
}
