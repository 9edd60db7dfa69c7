/* lines.c - see the header.
 *
 * STATE. is_over: ended() was called, or lines_end(): nothing is heard any more. A
 * file is read by libuv's threads, one read at a time (is_busy); everything else is
 * read here when poll says that something is there. */
#include "cli/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10 };

static void go(struct lines *l);

static void finish(struct lines *l, enum lines_end how)
{
    if (l->is_over)
        return;
    l->is_over = true;
    if (!l->is_file)
        uv_poll_stop(&l->poll);
    l->events->ended(l, how);
}

/* Passes over what belongs to a line that is too long. */
static void skip(struct lines *l)
{
    const char *end = l->held.len > 0 ? memchr(l->held.ptr, '\n', l->held.len) : NULL;
    l->is_skipping = !end;
    buf_drop_front(&l->held, end ? (size_t)(end - l->held.ptr) + 1 : l->held.len);
}

static void note_too_long(struct lines *l)
{
    if (!l->events->too_long) {
        finish(l, LINES_TOO_LONG);
        return;
    }
    l->events->too_long(l);
    skip(l);
}

/* Gives the whole lines among what is held. */
static void give(struct lines *l)
{
    if (l->is_skipping)
        skip(l);
    const char *end = l->held.len > 0 ? memrchr(l->held.ptr, '\n', l->held.len) : NULL;
    if (!end && l->held.len > LINES_BYTES_MAX)
        note_too_long(l);
    if (!end)
        return;
    size_t len = (size_t)(end - l->held.ptr) + 1;
    l->events->heard(l, (struct slice){l->held.ptr, len});
    buf_drop_front(&l->held, len);
}

/* What a read gave: a number of bytes behind those that are held, 0 at the end, or
 * a negative errno. */
static void take(struct lines *l, ssize_t got)
{
    if (l->is_over || got == -EAGAIN || got == -EINTR)
        return;
    if (got < 0) {
        l->error = (int)-got;
        finish(l, LINES_BROKEN);
        return;
    }
    if (got > 0) {
        l->held.len += (size_t)got;
        give(l);
        return;
    }
    if (l->held.len > 0)
        l->events->heard(l, buf_slice(&l->held));
    buf_clear(&l->held);
    finish(l, LINES_AT_END);
}

static bool has_room(struct lines *l)
{
    if (!buf_reserve(&l->held, CHUNK_BYTES))
        return true;
    l->error = ENOMEM;
    finish(l, LINES_BROKEN);
    return false;
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct lines *l = poll->data;
    (void)events;
    if (!has_room(l))
        return;
    ssize_t got = status < 0 ? status : read(l->fd, l->held.ptr + l->held.len, CHUNK_BYTES);
    take(l, got < 0 && status == 0 ? -errno : got);
}

static void was_read(uv_fs_t *read)
{
    struct lines *l = read->data;
    ssize_t got = read->result;
    uv_fs_req_cleanup(read);
    l->is_busy = false;
    take(l, got);
    go(l);
}

static void go(struct lines *l)
{
    if (l->is_over || l->is_paused)
        return;
    if (!l->is_file) {
        uv_poll_start(&l->poll, UV_READABLE, ready);
        return;
    }
    if (l->is_busy || !has_room(l))
        return;
    uv_buf_t room = uv_buf_init(l->held.ptr + l->held.len, CHUNK_BYTES);
    l->is_busy = uv_fs_read(l->loop, &l->read, l->fd, &room, 1, -1, was_read) == 0;
}

void lines_begin(struct lines *l, uv_loop_t *loop, int fd, const struct lines_events *events)
{
    *l = (struct lines){.loop = loop, .fd = fd, .events = events};
    l->is_file = uv_guess_handle(fd) == UV_FILE || uv_poll_init(loop, &l->poll, fd) != 0;
    l->poll.data = l;
    l->read.data = l;
    go(l);
}

void lines_pause(struct lines *l)
{
    l->is_paused = true;
    if (!l->is_file && !l->is_over)
        uv_poll_stop(&l->poll);
}

void lines_go_on(struct lines *l)
{
    l->is_paused = false;
    go(l);
}

static void note(uv_handle_t *handle)
{
    ((struct lines *)handle->data)->is_busy = false;
}

void lines_end(struct lines *l)
{
    l->is_over = true;
    if (!l->is_file) {
        l->is_busy = true;
        uv_close((uv_handle_t *)&l->poll, note);
    }
    while (l->is_busy)
        uv_run(l->loop, UV_RUN_ONCE);
    buf_deinit(&l->held);
}
