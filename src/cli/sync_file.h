/* sync_file.h - the file of `kolabpad sync`: brings the mirror (src/client/mirror.h) what the file has
 * become, writes what that wants written, and keeps a record, so that another process goes on from it.
 *
 * The file is not written while it changes (saves.h), and not while its text is none that a pad may
 * have: it is its user's until then. What there is to say is said here. */
#ifndef KOLABPAD_CLI_SYNC_FILE_H
#define KOLABPAD_CLI_SYNC_FILE_H

#include "cli/address.h"
#include "cli/record_file.h"
#include "cli/saves.h"
#include "client/mirror.h"

struct sync_file {
    struct client *client; /* borrowed */
    struct mirror mirror;
    struct diskfile file;
    struct saves saves;
    /* A save that was there in the moment of a write, and the text that it was made on: it is in the next
     * save, unless that was made on what the write put there for a moment. */
    struct buf met, met_on;
    struct record_file record;
    int64_t now_ms;
    int64_t write_ms; /* not before */
    /* A record that was written before the file names a text that the file may or may not have; it is
     * written anew then, when nothing more is to be written. */
    bool is_record_open;
    int64_t close_record_ms;
    bool must_keep_copy; /* the pad was set back: the file as it was is not to be lost */
    bool is_paused;      /* its text is none that a pad may have */
    bool is_told;        /* each is said once: that it has begun, … */
    bool is_gone_told, is_failure_told;
    bool is_over; /* it does not go on: `code` was told */
    enum exit_code code;
};

/* EXIT_DONE, or what was told. */
enum exit_code sync_file_open(struct sync_file *s, const char *path, const struct address *pad);
/* Writes the record a last time. The client may be gone afterwards. */
void sync_file_end(struct sync_file *s);
void sync_file_close(struct sync_file *s);

/* Before the client's first connection: reads the record. True: there is one, and the file and the
 * pad go on from what they had in common. */
bool sync_file_begin(struct sync_file *s, struct client *client, int64_t now_ms);

/* Looks at the file, and writes it, as far as it is time to. */
void sync_file_step(struct sync_file *s, int64_t now_ms);
/* An edit is about to be sent. False, and it is over: the record cannot be written. */
bool sync_file_before_edit(struct sync_file *s);

/* True when the next step should come soon; and when a save of the file is not with the client yet. */
bool sync_file_is_busy(const struct sync_file *s);
bool sync_file_is_changing(const struct sync_file *s);

#endif
