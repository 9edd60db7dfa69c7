/* copy_end.h - one end of a copy: what a database must do to be copied from, or to.
 *
 * The tables are the same in every engine but for their names' prefix and the types of
 * columns, so they are described once, here, and each engine makes its SQL from that.
 * The calendar is one number. An end that is closed without a commit has not changed. */
#ifndef KOLABPAD_STORE_COPY_END_H
#define KOLABPAD_STORE_COPY_END_H

#include "base/list.h"
#include "base/slice.h"
#include "store/message.h"

#include <stdbool.h>
#include <stdint.h>

enum copy_type {
    COPY_ID,   /* text that is a key */
    COPY_INT,  /* a whole number */
    COPY_TEXT, /* text in SQLite; bytes in PostgreSQL, whose text holds no U+0000 */
    COPY_BLOB,
};

enum { COPY_COLUMNS_MAX = 11, COPY_COLUMNS_BYTES = 256 };

struct copy_column {
    const char *name;
    enum copy_type type;
};

/* Documents come first: in PostgreSQL the others may refer to them. */
enum copy_table {
    COPY_DOCUMENTS,
    COPY_JOURNAL,
    COPY_EPOCHS,
    COPY_RIGHTS,
    COPY_LINKS,
    COPY_DELETED,
    COPY_HISTORY_FRESH,
    COPY_HISTORY,
    COPY_CHECKPOINTS,
    COPY_AUTHORS,
    COPY_HISTORY_OFF,
    COPY_COMMENTS,
    COPY_COMMENTED,
    COPY_IMAGES,
    COPY_TABLES,
};

struct copy_layout {
    const char *name;
    const char *order; /* rows are read in this order, which is the same in every engine */
    uint32_t column_count;
    struct copy_column columns[COPY_COLUMNS_MAX];
};
extern const struct copy_layout copy_layouts[COPY_TABLES];

/* The names of its columns, for SQL: "id, revision, …" */
void copy_columns(const struct copy_layout *layout, char out[COPY_COLUMNS_BYTES]);

/* A row of a table, by its columns. */
struct copy_row {
    int64_t numbers[COPY_COLUMNS_MAX];
    struct slice
        bytes[COPY_COLUMNS_MAX]; /* what is no number; a NULL slice is SQL's NULL, an empty one is not */
};

struct copy_end {
    const struct copy_end_ops *ops;
};

typedef enum error copy_visit(void *arg, const struct copy_row *row);

/* Whatever fails leaves its reason in `why`, and then only `close` makes sense. Errors are
 * ERR_STORAGE and ERR_NO_MEMORY. */
struct copy_end_ops {
    /* Opens an end and begins its transaction, in which no server can write.
     *
     * `source` NULL: to be copied from. The database is there, is of this program's
     * version, and no server runs on it; nothing of it is changed.
     * Else: to be copied to. It is another one than `source`; the tables are made where
     * there are none; no server runs on it, and it holds no documents.
     *
     * What is not so is ERR_STORAGE with its sentence. It waits for no server. */
    enum error (*open)(struct slice uri, const struct copy_end *source, struct copy_end **out,
                       char message[MESSAGE_BYTES]);
    /* Releases everything; what was not committed is gone. */
    void (*close)(struct copy_end *e);

    /* Calls `visit` with each row of the table, in its order, with what was written in this
     * transaction; the row is valid during the call. The first error of `visit` ends it, and is given. */
    enum error (*read)(struct copy_end *e, enum copy_table table, copy_visit *visit, void *arg);
    /* Adds a row; its bytes are copied. */
    enum error (*write)(struct copy_end *e, enum copy_table table, const struct copy_row *row);

    /* The calendar, in milliseconds (calendar.h). */
    enum error (*calendar)(struct copy_end *e, int64_t *ms);
    enum error (*set_calendar)(struct copy_end *e, int64_t ms);

    /* Makes what was written durable. *is_unknown: there was no answer, so it may have been done. */
    enum error (*commit)(struct copy_end *e, bool *is_unknown);

    /* One sentence about the latest failure, never document text; valid until the next call. */
    const char *(*why)(const struct copy_end *e);
};

#endif
