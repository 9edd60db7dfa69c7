/* diskfile.h - a file that others save into while this program writes it, too.
 *
 * Nobody's save is written over. A new text takes the place of the file by an exchange of the two
 * names, which gives out what was there at that very moment: where that is not the text that was
 * expected, somebody has saved, and it is put back. (A file system that cannot exchange, such as some
 * of the network: it is looked at once more right before the rename.)
 *
 * A program that had the file open may still write into what was exchanged. So that is kept open
 * for a moment, and looked at again. */
#ifndef KOLABPAD_CLI_DISKFILE_H
#define KOLABPAD_CLI_DISKFILE_H

#include "base/buf.h"
#include "cli/say.h"

#include <limits.h>
#include <sys/stat.h>

enum {
    DISKFILE_BYTES_MAX = 64 << 20,
    DISKFILE_RETIRED = 8,
    DISKFILE_RETIRED_MS = 1500,
    DISKFILE_TAG_CHARS = 8,
};

/* What was exchanged, open still; its name is gone. */
struct retired {
    int fd;
    struct buf text; /* as it was */
    int64_t until_ms;
};

struct diskfile {
    char path[PATH_MAX];   /* with all links resolved */
    char folder[PATH_MAX]; /* that it is in */
    const char *name;      /* in that */
    /* Names of new texts are ".NAME.kolabpad-TAG-" and six characters: whoever has the same tag, and no two
     * have it at a time, knows what one before has left behind (leftover.h). */
    char tag[DISKFILE_TAG_CHARS + 1];
    struct retired retired[DISKFILE_RETIRED];
    unsigned retired_count;
};

/* EXIT_USAGE, told, when its folder is not there or it is no file. It may be missing. The tag is empty. */
enum exit_code diskfile_open(struct diskfile *f, const char *path);
void diskfile_close(struct diskfile *f);

/* What tells one state of a file from another; all zero while it is missing. */
struct diskfile_state {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, modified;
};
struct diskfile_state diskfile_look(const struct diskfile *f);
bool diskfile_is_missing(const struct diskfile_state *s);
bool diskfile_is_same(const struct diskfile_state *a, const struct diskfile_state *b);

/* Reads it; 0, ENOENT while it is missing, EFBIG, or why it cannot be read. ENOMEM. */
int diskfile_read(const struct diskfile *f, struct buf *out);

enum diskfile_outcome {
    DISKFILE_WRITTEN,
    DISKFILE_CHANGED,  /* it is not as expected: nothing was done */
    DISKFILE_RETURNED, /* nor was it in the moment of the exchange: that was taken back, but others may have
                          read the text meanwhile. `found` is what it was instead */
    DISKFILE_FAILED,   /* errno says why; nothing was done */
};
/* Writes `text` in the place of `expected`, as a whole, with the mode of what was there;
 * where `expected` has the pointer NULL, there must be no file. *state is the one in which the file has
 * the expected text, and then the one in which it has the new one; that of none, where it has changed
 * again already. `found` is appended to. */
enum diskfile_outcome diskfile_replace(struct diskfile *f, struct slice text, struct slice expected,
                                       int64_t now_ms, struct diskfile_state *state, struct buf *found);

/* How the names of new texts begin, into `out`; its length. */
size_t diskfile_prefix(const struct diskfile *f, char out[NAME_MAX]);

/* Writes a copy of a text beside the file, under a name that is not taken yet; that name into `out`. False:
 * errno says why. */
bool diskfile_write_copy(const struct diskfile *f, struct slice text, char out[PATH_MAX]);

/* Looks at what was exchanged: true when somebody has written into one of them, which is given out and
 * forgotten. Those of `now_ms` and before are let go after a last look. The bufs are the caller's. */
bool diskfile_take_stray(struct diskfile *f, int64_t now_ms, struct buf *before, struct buf *after);

#endif
