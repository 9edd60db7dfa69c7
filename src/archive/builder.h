/* builder.h - makes segments and checkpoints of entries, in a STORE_HISTORY_PUT.
 *
 *     builder_begin(&b, id, &checkpoint, limits, detail);
 *     builder_add(&b, &entry, kept_s) …
 *     builder_finish(&b, &put);                 or builder_drop(&b)
 *
 * It begins at a checkpoint and leaves one behind each segment. One owner; what it is
 * given is borrowed for the call. Errors are ERR_STORAGE and ERR_NO_MEMORY; after one
 * only builder_drop makes sense. */
#ifndef KOLABPAD_ARCHIVE_BUILDER_H
#define KOLABPAD_ARCHIVE_BUILDER_H

#include "archive/moment.h"
#include "archive/sittings.h"

struct builder {
    struct store_request *put;
    uint32_t segment_bytes, detail;
    struct moment moment; /* behind the latest entry */

    /* the segment that is being filled; `bytes` is empty between two */
    struct buf bytes;
    struct sittings sittings;
    struct store_segment segment;
    int64_t time_ms; /* of its latest entry */

    /* What one author does within `window_ms` becomes one entry: this one waits for more.
     * 0: nothing does. */
    int64_t window_ms, began_ms;
    struct archive_entry waiting;
    struct op waiting_op;
    int64_t waiting_kept_s;
    bool has_waiting;
};

enum error builder_begin(struct builder *b, struct slice id, const struct store_checkpoint *checkpoint,
                         uint32_t segment_bytes, uint32_t detail);
enum error builder_add(struct builder *b, const struct archive_entry *entry, int64_t kept_s);
/* The request replaces everything from the checkpoint to the latest entry. */
enum error builder_finish(struct builder *b, struct store_request **put);
void builder_drop(struct builder *b);

#endif
