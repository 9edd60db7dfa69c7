/* workfile.h - a pad's text as a file, for an editor or a command.
 *
 * In a folder that nobody else may read, under $TMPDIR. The name is the pad's, with
 * the ending of its language, so that editors know their colours. */
#ifndef KOLABPAD_CLI_WORKFILE_H
#define KOLABPAD_CLI_WORKFILE_H

#include "cli/address.h"
#include "cli/say.h"

enum { WORKFILE_PATH_BYTES = 512 };

struct workfile {
    char folder[WORKFILE_PATH_BYTES];
    char path[WORKFILE_PATH_BYTES];
};

/* Makes the folder; `language` may be empty. EXIT_REFUSED, told, when it cannot be. */
enum exit_code workfile_make(struct workfile *w, const struct address *pad, struct slice language);
/* Writes the text, at once and as a whole: whoever reads meanwhile has the old one. */
enum exit_code workfile_write(const struct workfile *w, struct slice text);
/* Removes folder and file. */
void workfile_remove(const struct workfile *w);

#endif
