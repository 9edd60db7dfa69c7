/* record_file.h - what a command keeps for its next life: a file in the user's state folder
 * ($XDG_STATE_HOME/kolabpad, else ~/.local/state/kolabpad) that nobody else may read.
 *
 * Its name is made of what it is about, so that the same call finds it again. One process at a
 * time has it. */
#ifndef KOLABPAD_CLI_RECORD_FILE_H
#define KOLABPAD_CLI_RECORD_FILE_H

#include "base/buf.h"
#include "cli/say.h"

#include <limits.h>

struct record_file {
    char path[PATH_MAX];
    int lock; /* open and locked; -1: not open */
};

/* `about` is any bytes. EXIT_REFUSED, told, when there is no such folder and none can be
 * made, or another process has it, which `what` names ("notes.txt"). */
enum exit_code record_file_open(struct record_file *r, struct slice about, const char *what);
void record_file_close(struct record_file *r);

/* Appends it; nothing when there is none. EXIT_REFUSED, told, when it cannot be read. */
enum exit_code record_file_read(const struct record_file *r, struct buf *out);

/* Writes it as a whole; it is on the disk when this returns. False: errno says why, and the
 * one before is there. */
bool record_file_write(const struct record_file *r, struct slice text);

#endif
