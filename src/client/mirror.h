/* mirror.h - a file and a pad that are kept the same: what becomes of a save, and what is to be
 * written. No I/O: the program (src/cli/sync.c) reads and writes the file, and brings the time.
 *
 *     file --ahead--> shown text --unshown--> text of the client
 *
 * A save is the difference to the text that the file had, made on what it was made on and
 * moved over what others did since: three-way, and the base is the last text that file and
 * pad had in common. What others did is written into the file as a whole.
 *
 * An editor, or a program that reads, changes and writes, may save what it had read before
 * others' changes were in the file. Such a save is told by having nothing of what they put in
 * (stale.h), and is taken as made on the text that the file had until a moment ago: theirs is not lost.
 * The price: who deletes within that moment all that has just come in has to do it twice.
 *
 * One owner, one thread; the client is borrowed, and nobody else edits by it or takes its
 * changes. ERR_NO_MEMORY: what was noted may be half done; the program ends, and goes on from
 * the record that was written last. */
#ifndef KOLABPAD_CLIENT_MIRROR_H
#define KOLABPAD_CLIENT_MIRROR_H

#include "client/client.h"

enum {
    MIRROR_VERSIONS = 8,
    MIRROR_MOMENT_MS = 2000, /* so long a text counts after the file had it */
};

/* What a save turned out to be. */
enum mirror_verdict {
    MIRROR_SAME,      /* nothing has changed */
    MIRROR_TAKEN,     /* the client has it now */
    MIRROR_NOT_UTF8,  /* these four change nothing, and the file must not be written until … */
    MIRROR_HAS_CR,    /* … it is another one: line ends are \n */
    MIRROR_HAS_BOM,   /* a byte order mark */
    MIRROR_TOO_LARGE, /* larger than the server takes, and than it was */
    MIRROR_DIFFERENT, /* at the first meeting only: both have a text, and none in common */
};

/* A text that the file had. */
struct mirror_version {
    struct buf text;
    int64_t until_ms; /* does not count any more then */
};

struct mirror {
    struct client *client;
    bool has_met;    /* file and pad had a text in common once; nothing else means anything before */
    struct buf file; /* the text that the file has, as far as is known */
    struct op ahead; /* means something while has_ahead */
    bool has_ahead;
    bool is_missing; /* there is no file yet: it is made, even if the pad is empty */
    bool was_stale;  /* the last save was made on an older text than the file's */
    struct mirror_version versions[MIRROR_VERSIONS]; /* the newest first */
    unsigned version_count;
};

void mirror_init(struct mirror *m, struct client *client);
void mirror_deinit(struct mirror *m);

/* The first meeting, once the client is loaded: an empty side is given the other's text. A NULL
 * pointer: there is no file. */
enum error mirror_meet(struct mirror *m, struct slice file, enum mirror_verdict *verdict);

/* The file has that content. */
enum error mirror_saved(struct mirror *m, struct slice file, int64_t now_ms, enum mirror_verdict *verdict);

/* True when the file lacks what others did, or is missing. */
bool mirror_must_write(const struct mirror *m);
/* The text to write, which the caller frees. A record that is written before the file is
 * tells both texts. */
enum error mirror_begin_write(struct mirror *m, struct buf *text);
/* The file has it, in the place of the one that was known. Takes `text`. */
void mirror_wrote(struct mirror *m, struct buf *text, int64_t now_ms);

/* The file had that text for a moment, but it was taken back, since somebody had saved just before: others
 * may have read it. */
enum error mirror_exposed(struct mirror *m, struct slice text, int64_t now_ms);

/* Somebody wrote that into a file whose text was `base` before others' changes took its
 * place: it is merged, and is in the next text to write. */
enum error mirror_stray(struct mirror *m, struct slice base, struct slice file, enum mirror_verdict *verdict);

/* Appends a record of client and mirror, two lines of JSON; secret. */
enum error mirror_write(const struct mirror *m, struct buf *out);
/* Goes on from it, before the client's first connection; mirror_saved tells then what the file has
 * become. ERR_BAD_MESSAGE: it is no record; the client and the mirror are of no use then. */
enum error mirror_read(struct mirror *m, struct slice record, int64_t now_ms);

#endif
