/* pad_private.h - the functions that the files of this folder call in each
 * other; each stands under the heading of its file. Included by src/pad and
 * its tests only. */
#ifndef KOLABPAD_PAD_PRIVATE_H
#define KOLABPAD_PAD_PRIVATE_H

#include "pad/pad.h"
#include "pad/splice.h"

/* User ids are numbers in JavaScript too. */
#define PAD_USER_ID_MAX ((UINT64_C(1) << 53) - 1)

enum { MS_PER_S = 1000 };

/* ---- names.c: short strings that the pad owns ---- */

/* An owned copy; of the NULL slice, the NULL slice. A copy of an empty string
 * is not NULL. */
enum error name_copy(struct slice from, struct slice *out);
/* Frees *to and takes over `copy`. */
void name_replace(struct slice *to, struct slice copy);
void name_free(struct slice *name);
/* A copy of the cleaned name, or of "Anonymous" when nothing is left of it. */
enum error name_of_user(struct slice raw, struct slice *out);

/* ---- items.c: presence as items with a sequence number ---- */

static inline struct pad_item *item_of(struct link *link) /* of pad->items */
{
    return LIST_ITEM(link, struct pad_item, link);
}
static inline struct pad_left *left_of(struct pad_item *item) /* of a PAD_ITEM_LEFT */
{
    return LIST_ITEM(item, struct pad_left, item);
}
/* The item has a new value, which every peer lacks from now on. */
void item_changed(struct pad *pad, struct pad_item *item);
/* Takes it out of the list. */
void item_forget(struct pad_item *item);
/* Puts the tombstone of the leaving peer into the list if anybody may know of the
 * peer, else frees it. */
void tombstone_put(struct pad *pad, struct pad_peer *leaving);
/* Removes the tombstones that every peer has seen. */
void tombstones_collect(struct pad *pad);
void tombstones_free(struct pad *pad);
size_t tombstones_memory_bytes(const struct pad *pad);

/* ---- rebase.c ---- */

/* Puts `*op`, the a of `order`, behind `over`. The result is held by `*held`,
 * which may hold what `*op` was. On failure both stay. */
enum error rebase_over(struct op_view *op, struct op_view over, enum op_order order, struct op *held);
/* The same with every operation from `revision` on, one after the other; `*op`
 * is by `author`. What that cost is added to `*work`; ERR_BAD_REVISION when it
 * would be more than PAD_REBASE_WORK_MAX. On failure `*op` is of no use any more. */
enum error rebase_to_now(const struct pad *pad, uint64_t revision, struct pad_author author,
                         struct op_view *op, struct op *held, uint64_t *work);

/* ---- cursors.c ---- */

/* The peer's cursors have changed: publishes them if they are due, else leaves
 * them to a later cursors_publish. */
void cursors_changed(struct pad_peer *peer);
/* Publishes the waiting cursors that are due. */
void cursors_publish(struct pad *pad);
/* Moves all cursors over what is committed. */
void cursors_catch_up(struct pad *pad);
void cursors_free(struct pad_peer *peer);
/* The peer has none any more; whoever was told of them is told so. */
void cursors_drop(struct pad_peer *peer);
size_t cursors_memory_bytes(const struct pad_cursors *cursors);

/* ---- clients.c: tabs by their token ---- */

static inline struct pad_client *client_of(struct link *link) /* of pad->clients */
{
    return LIST_ITEM(link, struct pad_client, link);
}
struct pad_client *client_find(const struct pad *pad, struct id128 token);
/* Finds the tab or makes one with a new user id. ERR_NO_MEMORY, ERR_TOO_MANY_KEYS. */
enum error client_take(struct pad *pad, struct id128 token, int64_t now_ms, struct pad_client **out);
/* The record of a v2 peer's next edit: its tab's, or its key's, whose operations are the same user's. The
 * same errors. */
enum error client_for_edit(struct pad_peer *peer, int64_t now_ms, struct pad_client **out);
/* Its last operation led to `revision`: moves it to its place in the list. */
void client_edited(struct pad *pad, struct pad_client *client, uint64_t revision);
/* A batch says that the tab `token` edited as `user_id`, up to `revision`.
 * ERR_NO_MEMORY. */
enum error client_restore(struct pad *pad, struct id128 token, uint64_t user_id, uint64_t revision);
/* Reads what pad_encode_clients wrote. ERR_STORAGE, ERR_NO_MEMORY. */
enum error clients_decode(struct pad *pad, struct slice bytes);
/* Forgets the least useful ones: those beyond PAD_CLIENTS_KEPT, and those that
 * never edited and are gone for longer than a resume can reach back. */
void clients_forget(struct pad *pad, int64_t now_ms);
void clients_free(struct pad *pad);
/* No id at or below `user_id` is given to anyone new. */
void clients_reserve_id(struct pad *pad, uint64_t user_id);

/* ---- v1.c: the view that v1 clients have ---- */

/* Makes the view if there is none, or none that is to be kept. ERR_NO_MEMORY. */
enum error v1_open(struct pad *pad);
/* Begins it anew, with the same numbers, where it has what was deleted (pad->resumes_from). ERR_NO_MEMORY:
 * it has that still; v1_open tries again. */
enum error v1_forget(struct pad *pad);
void v1_free(struct pad *pad);
/* Frees it when its time is over. */
void v1_expire(struct pad *pad, int64_t now_ms);

/* ---- line_ends.c: \r\n and \r in the edits of v1 clients ---- */

/* What a peer is told instead of the history's operation from `revision` on. */
struct pad_correction {
    struct link link; /* in peer->corrections, by `revision` */
    uint64_t revision;
    struct op typed; /* the edit before it, as its author has it */
    struct op op;    /* from the author's copy, with its \r, to the text at `revision` */
};
/* Does it insert a carriage return? */
bool line_ends_are_foreign(struct op_view op);
/* Takes `op`, an edit of `text` that does, apart into the edit that has \n
 * instead, and the operation that makes the result of the latter from that of
 * `op`. Both are cleared first. ERR_NO_MEMORY, ERR_BAD_OPERATION (too large). */
enum error line_ends_split(struct op_view op, const struct rope *text, struct op *edit,
                           struct op *correction);
/* Makes a correction of a copy of `typed` and of `*op`, which is empty afterwards. It is
 * kept with a revision, or given to correction_free. ERR_RATE_LIMITED: those that wait to
 * be told take more than `most_bytes`; ERR_NO_MEMORY. */
enum error correction_new(struct pad_peer *peer, struct op_view typed, struct op *op, size_t most_bytes,
                          struct pad_correction **out);
void correction_free(struct pad_correction *correction);
void correction_keep(struct pad_peer *peer, struct pad_correction *correction, uint64_t revision);
/* The correction that leads on from `revision`, or NULL. */
const struct op *correction_at(const struct pad_peer *peer, uint64_t revision);
/* The peer has seen everything before `revision`: those it was told are not needed any more. */
void corrections_seen(struct pad_peer *peer, uint64_t revision);
/* A place in the peer's own copy, brought over what it was not told yet. */
uint32_t corrections_move_caret(const struct pad_peer *peer, uint32_t at_points);
void corrections_free(struct pad_peer *peer);
size_t corrections_memory_bytes(const struct pad_peer *peer);

/* ---- past.c ---- */

size_t past_memory_bytes(const struct pad *pad);
void past_free(struct pad *pad);

/* ---- compact.c ---- */

/* The bytes that the history may take while somebody is there, v1 peers aside. */
size_t history_budget_bytes(const struct pad *pad);
/* Drops the operations that nobody needs, and sets compact_at_bytes anew. */
void history_compact(struct pad *pad, int64_t now_ms);
/* The same, when the history has grown enough since to be worth a look. */
void history_compact_if_grown(struct pad *pad, int64_t now_ms);

#endif
