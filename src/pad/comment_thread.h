/* comment_thread.h - comments that belong together, apart from where in the text they are.
 *
 * There is one form, in memory and in storage, the bytes that comment_thread_encode writes; who shows or
 * changes a thread reads them into a struct, whose strings are borrowed from the bytes. */
#ifndef KOLABPAD_PAD_COMMENT_THREAD_H
#define KOLABPAD_PAD_COMMENT_THREAD_H

#include "base/buf.h"
#include "pad/anchor.h"

enum {
    COMMENT_ID_CHARS = 12, /* base64url; also of an author's key */
    COMMENT_POINTS_MAX = 4000,
    COMMENT_NAME_POINTS_MAX = 64,
    COMMENTS_MAX = 100, /* of a thread */
};

struct comment_author {
    struct slice name; /* cleaned by pad_clean_name, not empty */
    uint16_t hue;
    bool has_key; /* else nobody can show to be the author */
    char key[COMMENT_ID_CHARS];
};

struct comment {
    char id[COMMENT_ID_CHARS];
    struct comment_author author;
    struct slice text;
    int64_t made_s;   /* by the wall clock */
    int64_t edited_s; /* 0: never */
};

struct comment_thread {
    int64_t made_s;
    struct slice quote;
    bool is_resolved;
    int64_t resolved_s;
    struct comment_author resolved_by;
    uint32_t count; /* at least 1 where it is kept */
    struct comment comments[COMMENTS_MAX];
};

/* Appends its bytes. ERR_NO_MEMORY leaves `out` as it was. */
enum error comment_thread_encode(const struct comment_thread *thread, struct buf *out);
/* The bytes may be anything. ERR_STORAGE: they are no thread. */
enum error comment_thread_decode(struct slice bytes, struct comment_thread *out);
/* The quote of bytes that were read before. */
struct slice comment_thread_quote(struct slice bytes);

/* The comment with that id; NULL: there is none. */
struct comment *comment_thread_find(struct comment_thread *thread, const char id[COMMENT_ID_CHARS]);

/* Is it the text of a comment: 1 to COMMENT_POINTS_MAX code points of UTF-8, not only blanks, without control
 * characters but line ends and tabs? */
bool comment_text_is_valid(struct slice text);
/* Is it an id or a key: COMMENT_ID_CHARS of base64url? */
bool comment_id_is_valid(struct slice id);

#endif
