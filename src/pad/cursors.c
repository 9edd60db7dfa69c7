/* Carets and selections: kept at the revision they were set in, moved over the
 * operations since only when somebody needs to know. */
#include "base/alloc.h"
#include "pad/pad_private.h"

/* ---- their memory: one block, carets in front of selections ---- */

static size_t block_bytes(size_t caret_count, size_t selection_count)
{
    return caret_count * sizeof(uint32_t) + selection_count * sizeof(struct pad_range);
}

size_t cursors_memory_bytes(const struct pad_cursors *cursors)
{
    return block_bytes(cursors->caret_count, cursors->selection_count);
}

void cursors_free(struct pad_peer *peer)
{
    mem_free(peer->cursors.carets);
    peer->cursors = (struct pad_cursors){0};
}

static enum error resize(struct pad_cursors *cursors, size_t caret_count, size_t selection_count)
{
    const size_t bytes = block_bytes(caret_count, selection_count);
    uint32_t *block = cursors->carets;
    if (bytes == 0) {
        mem_free(block);
        block = NULL;
    } else if (bytes != cursors_memory_bytes(cursors)) {
        block = mem_realloc(block, bytes);
        if (!block)
            return ERR_NO_MEMORY;
    }
    cursors->carets = block;
    cursors->caret_count = (uint8_t)caret_count;
    cursors->selection_count = (uint8_t)selection_count;
    cursors->selections = selection_count > 0 ? (struct pad_range *)(void *)(block + caret_count) : NULL;
    return OK;
}

/* ---- moving ----
 *
 * Nearly every operation replaces one place. Such a one is read once, into
 * three numbers, and then moves the carets of everyone. (Operations may not be
 * composed first: a caret can come out on the other side of an insert.) */

enum { SPLICES_MAX = 64 };

/* The operations [first, first + count), read once for the carets of all peers. */
struct splices {
    uint64_t first;
    size_t count;
    struct splice splice[SPLICES_MAX];
};

static void splices_load(struct splices *splices, const struct pad *pad, uint64_t first)
{
    splices->first = first;
    for (splices->count = 0; splices->count < SPLICES_MAX && first + splices->count < pad->committed;
         splices->count++)
        splices->splice[splices->count] = splice_of(history_at(&pad->history, first + splices->count).op);
}

static void move_over(struct pad_cursors *cursors, const struct splice *splice)
{
    for (size_t i = 0; i < cursors->caret_count; i++)
        cursors->carets[i] = splice_move_caret(splice, cursors->carets[i]);
    for (size_t i = 0; i < cursors->selection_count; i++) {
        struct pad_range *range = &cursors->selections[i];
        range->anchor = splice_move_caret(splice, range->anchor);
        range->head = splice_move_caret(splice, range->head);
    }
}

/* Moves the carets over those of the operations that came after their revision. */
static void move_up(struct pad_cursors *cursors, const struct splices *splices)
{
    while (cursors->revision >= splices->first && cursors->revision - splices->first < splices->count) {
        move_over(cursors, &splices->splice[cursors->revision - splices->first]);
        cursors->revision++;
    }
}

const struct pad_cursors *pad_cursors_now(struct pad_peer *peer)
{
    struct pad_cursors *cursors = &peer->cursors;
    const struct pad *pad = peer->pad;
    struct splices splices;
    if (!cursors->carets && cursors->revision < pad->committed)
        cursors->revision = pad->committed;
    while (cursors->revision < pad->committed) {
        splices_load(&splices, pad, cursors->revision);
        move_up(cursors, &splices);
    }
    return cursors;
}

uint32_t pad_carets_end(const struct pad *pad)
{
    return pad->committed == pad->revision ? rope_size(&pad->text).points
                                           : history_at(&pad->history, pad->committed).op.base_points;
}

/* The oldest revision that carets stand at; `committed` when all are there. */
static uint64_t oldest_revision(struct pad *pad)
{
    uint64_t oldest = pad->committed;
    LIST_EACH (at, next, &pad->peers) {
        struct pad_cursors *cursors = &LIST_ITEM(at, struct pad_peer, link)->cursors;
        if (!cursors->carets && cursors->revision < pad->committed)
            cursors->revision = pad->committed;
        if (cursors->revision < oldest)
            oldest = cursors->revision;
    }
    return oldest;
}

void cursors_catch_up(struct pad *pad)
{
    struct splices splices;
    const uint64_t oldest = oldest_revision(pad);
    for (uint64_t revision = oldest; revision < pad->committed; revision += splices.count) {
        splices_load(&splices, pad, revision);
        LIST_EACH (at, next, &pad->peers)
            move_up(&LIST_ITEM(at, struct pad_peer, link)->cursors, &splices);
    }
}

/* ---- publishing ----
 *
 * Changed carets are in pad->cursors_waiting until they are published, that is,
 * until their item counts as changed. They wait for two things: that the text
 * they were set in is committed (pad_committed tries again), and that the
 * interval since the last time is over (pad_tick tries again, and
 * cursors_pending asks for it). */

/* True as well when the clock has jumped back. */
static bool is_interval_over(const struct pad_peer *peer)
{
    const struct pad *pad = peer->pad;
    return pad->now_ms < peer->cursors_published_ms ||
           pad->now_ms - peer->cursors_published_ms >= PAD_CURSOR_INTERVAL_MS;
}

static bool is_committed(const struct pad_peer *peer)
{
    return peer->cursors.revision <= peer->pad->committed;
}

static void publish_if_due(struct pad_peer *peer)
{
    struct pad *pad = peer->pad;
    if (!is_committed(peer))
        return;
    if (!is_interval_over(peer)) {
        pad->cursors_pending = true;
        return;
    }
    list_remove(&peer->cursors_waiting);
    peer->cursors_published_ms = pad->now_ms;
    item_changed(pad, &peer->cursors_item);
}

bool pad_cursors_are_visible(const struct pad_peer *peer)
{
    return peer->cursors_item.changed && is_committed(peer);
}

void cursors_changed(struct pad_peer *peer)
{
    list_remove(&peer->cursors_waiting);
    list_append(&peer->pad->cursors_waiting, &peer->cursors_waiting);
    publish_if_due(peer);
}

void cursors_publish(struct pad *pad)
{
    pad->cursors_pending = false;
    LIST_EACH (at, next, &pad->cursors_waiting)
        publish_if_due(LIST_ITEM(at, struct pad_peer, cursors_waiting));
}

/* ---- setting ---- */

void cursors_drop(struct pad_peer *peer)
{
    const bool were_told = peer->cursors_item.changed;
    list_remove(&peer->cursors_waiting);
    cursors_free(peer);
    peer->cursors.revision = peer->pad->revision;
    if (were_told)
        cursors_changed(peer);
}

enum error pad_set_cursors(struct pad_peer *peer, const uint32_t *carets, size_t caret_count,
                           const struct pad_range *selections, size_t selection_count, int64_t now_ms)
{
    struct pad *pad = peer->pad;
    if (!pad)
        return ERR_REPLACED;
    if (peer->is_viewer)
        return OK;
    if (caret_count > PAD_CURSORS_MAX)
        caret_count = PAD_CURSORS_MAX;
    if (selection_count > PAD_CURSORS_MAX)
        selection_count = PAD_CURSORS_MAX;
    const enum error err = resize(&peer->cursors, caret_count, selection_count);
    if (err)
        return err;
    for (size_t i = 0; i < caret_count; i++)
        peer->cursors.carets[i] = corrections_move_caret(peer, carets[i]);
    for (size_t i = 0; i < selection_count; i++)
        peer->cursors.selections[i] = (struct pad_range){corrections_move_caret(peer, selections[i].anchor),
                                                         corrections_move_caret(peer, selections[i].head)};
    peer->cursors.revision = pad->revision;
    pad->now_ms = now_ms;
    cursors_changed(peer);
    return OK;
}
