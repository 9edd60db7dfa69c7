/* write.h - a change as somebody asks for it who does not follow the text: the whole text,
 * something to add, one thing in the place of another, or an operation against a revision
 * that was read some time ago. Each becomes one operation, and goes through edit.h.
 *
 * Nothing that comes between a look at the text and the edit can be lost: both happen in one
 * turn of the document's thread. */
#ifndef KOLABPAD_DOC_WRITE_H
#define KOLABPAD_DOC_WRITE_H

#include "doc/writer.h"

enum write_kind {
    WRITE_TEXT,       /* `text` becomes the text, by the shortest edit (ot/between.h) */
    WRITE_INSERT,     /* `text` comes in at a place */
    WRITE_SUBSTITUTE, /* `text` takes the place of `old`, which stands there exactly `count` times */
    WRITE_OPERATION,  /* `op`, made against `revision` */
};

enum write_place { WRITE_AT_END, WRITE_AT_START, WRITE_AT_POINT };

enum { WRITE_COUNT_MAX = 10000 }; /* of places that one WRITE_SUBSTITUTE changes */

struct write {
    enum write_kind kind;
    struct slice text; /* valid UTF-8 without carriage returns, like `old` */

    enum write_place place; /* INSERT */
    uint32_t at_points;     /* WRITE_AT_POINT */
    bool is_raw;            /* else a line end goes in front where the place is not the start of a line */

    struct slice old; /* SUBSTITUTE: not empty */
    uint32_t count;   /* 1 … WRITE_COUNT_MAX */

    uint64_t revision; /* OPERATION */
    struct op_view op;

    struct id128 key; /* a pad_key_token: it is carried out under that; zero: none */
    bool is_recorded; /* becomes an operation even if it changes nothing: so it is known that it was done */
};

/* What it cost is added to `*work`, in about nanoseconds. Besides those of document_edit:
 *   ERR_BAD_PLACE         there is no such place
 *   ERR_OTHER_COUNT       `old` is not there so many times
 *   ERR_TOO_MANY_KEYS     there is no room for another key
 *   ERR_UNKNOWN_REVISION  the operation cannot be brought over what came since, or nothing is known of that
 *                         revision
 * The document is unchanged then. */
enum error document_write(struct document *doc, struct writer *writer, const struct write *write,
                          uint64_t *work);

#endif
