/* lines.h - standard input, a line at a time, on the loop.
 *
 *     lines_begin(l, loop, …)   heard() for whole lines as they come
 *     lines_pause / lines_go_on while nobody takes them: the sender is held up
 *     lines_end(l)              closes it, and lets the loop turn until that is done
 *
 * Works alike for pipes, terminals and files. A line has LINES_BYTES_MAX bytes at
 * most. One thread. */
#ifndef KOLABPAD_CLI_LINES_H
#define KOLABPAD_CLI_LINES_H

#include "base/buf.h"

#include <uv.h>

enum { LINES_BYTES_MAX = 16 << 20 };

enum lines_end {
    LINES_AT_END,   /* nothing more comes; a last line without its end was heard before */
    LINES_BROKEN,   /* it cannot be read: `error` says why */
    LINES_TOO_LONG, /* a line is longer than any may be */
};

struct lines;

struct lines_events {
    /* One or several lines, each with its "\n"; the last one of all may lack it.
     * Valid until it returns. */
    void (*heard)(struct lines *l, struct slice whole_lines);
    void (*ended)(struct lines *l, enum lines_end how);
    /* A line is longer than any may be; what is left of it is passed over. NULL: that ends it. */
    void (*too_long)(struct lines *l);
};

struct lines {
    uv_loop_t *loop;
    const struct lines_events *events;
    struct buf held; /* the beginning of a line */
    int fd, error;
    bool is_file; /* no poll for it: it is always ready */
    bool is_paused, is_over;
    bool is_busy;     /* a read of a file is under way */
    bool is_skipping; /* to the end of a line that is too long */
    uv_poll_t poll;
    uv_fs_t read;
};

void lines_begin(struct lines *l, uv_loop_t *loop, int fd, const struct lines_events *events);
void lines_pause(struct lines *l);
void lines_go_on(struct lines *l);
void lines_end(struct lines *l);

#endif
