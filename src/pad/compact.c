/* The history keeps the operations that somebody may still need.
 *
 *   base                                    committed    revision
 *    │ too old, or over the budget │ wanted  │ not told yet │
 *    └───────── dropped ───────────┴────────────── kept ────┘
 *
 * Wanted: what a peer was not told or may still edit against, what is young,
 * what the v1 view starts from. The budget of bytes wins over peers and youth;
 * the v1 view wins over the budget; what is not committed is never dropped. */
#include "pad/pad_private.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static size_t greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t history_budget_bytes(const struct pad *pad)
{
    return greater((size_t)rope_size(&pad->text).bytes * 4, pad->limits->history_bytes);
}

/* With nobody there, the history serves those who come back soon; a tab that
 * lacks more than it holds is given the text. */
static size_t budget_bytes(const struct pad *pad)
{
    if (pad->peer_count == 0)
        return greater(rope_size(&pad->text).bytes / 8, PAD_REST_HISTORY_BYTES);
    return history_budget_bytes(pad);
}

/* The lowest revision whose operation some peer was not told, or may still edit
 * against. For what v1 peers edit against their view pins the history from its base. */
static uint64_t wanted_by_peers(const struct pad *pad)
{
    uint64_t wanted = pad->committed;
    LIST_EACH (at, next, &pad->peers) {
        const struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        wanted = least(wanted, peer->version == PAD_V2 ? least(peer->sent, peer->floor) : peer->sent);
    }
    return wanted;
}

static int64_t oldest_kept_s(const struct pad *pad, int64_t now_ms)
{
    return (now_ms - pad->limits->history_ms) / MS_PER_S;
}

/* The first revision that stays. The v1 view may pin a million operations, so
 * nothing behind its base is searched for its age. */
static uint64_t kept_from(const struct pad *pad, int64_t now_ms)
{
    const struct history *h = &pad->history;
    const uint64_t pinned = pad->v1 ? pad->v1->base : UINT64_MAX;
    const uint64_t wanted = least(wanted_by_peers(pad), pinned);
    const uint64_t old = history_since(h, oldest_kept_s(pad, now_ms), wanted);
    const uint64_t kept = history_within(h, old, budget_bytes(pad));
    return least(least(kept, pad->committed), pinned);
}

static size_t held_bytes(const struct pad *pad)
{
    return history_bytes(&pad->history, pad->history.base, history_end(&pad->history));
}

void history_compact(struct pad *pad, int64_t now_ms)
{
    const uint64_t kept = kept_from(pad, now_ms);
    if (kept > pad->history.base) {
        cursors_catch_up(pad); /* while what moves them is still there */
        history_drop_before(&pad->history, kept);
    }
    pad->compact_at_bytes = held_bytes(pad) + budget_bytes(pad);
}

void history_compact_if_grown(struct pad *pad, int64_t now_ms)
{
    if (pad->compact_at_bytes == 0)
        pad->compact_at_bytes = 2 * budget_bytes(pad);
    if (held_bytes(pad) > pad->compact_at_bytes)
        history_compact(pad, now_ms);
}
