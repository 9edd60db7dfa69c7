/* entry.h - one thing that somebody did, and its bytes in a segment.
 *
 *     author   varint(user id + 1, 0 for the system)
 *     time     varint(zigzag(milliseconds after the entry before))
 *     varint(revisions that it leads over)  varint(bytes)  code of the operation
 *
 * An entry is one operation at first. Thinned, it is the operations of one author over
 * several revisions, composed: `first` and `end` are exact, what was between is gone.
 *
 * The bytes may be anything: what is read is checked. */
#ifndef KOLABPAD_ARCHIVE_ENTRY_H
#define KOLABPAD_ARCHIVE_ENTRY_H

#include "ot/op.h"
#include "pad/pad.h"

struct archive_entry {
    uint64_t first, end; /* revisions before and after it */
    uint64_t author;     /* user id; PAD_SYSTEM_USER: nobody, or nobody knows */
    int64_t time_ms;     /* of its last operation, by the wall clock */
    struct op_view op;
};

/* ERR_NO_MEMORY leaves `out` as it was. `time_ms` is that of the entry before. */
enum error entry_encode(const struct archive_entry *entry, int64_t time_ms, struct buf *out);

/* Takes the next entry off `bytes`. It begins at `first`, and the one before was at
 * `time_ms`. ERR_STORAGE. */
enum error entry_decode(struct slice *bytes, uint64_t first, int64_t time_ms, struct archive_entry *out);

/* A time that can be reckoned with: within some thousand years of 1970. Clocks say less absurd things. */
static inline bool time_is_sane(int64_t time_ms)
{
    const int64_t most_ms = INT64_C(1) << 52;
    return time_ms > -most_ms && time_ms < most_ms;
}

/* Numbers that may be negative, as small varints. */
static inline uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}
static inline int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Takes a varint off `bytes`. False, and nothing taken, when there is none. */
bool take_varint(struct slice *bytes, uint64_t *value);

#endif
