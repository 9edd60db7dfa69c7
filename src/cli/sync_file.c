#include "cli/sync_file.h"

#include "cli/leftover.h"

#include <errno.h>
#include <string.h>
#include <uv.h>

enum {
    WRITE_MS = 150,         /* between two writes, or … */
    WRITE_SHARE = 10,       /* … so many times as long as the last one took, besides */
    RETRY_MS = 3000,        /* after one that failed */
    GONE_MS = 2000,         /* a file that is missing for so long is told of */
    CLOSE_RECORD_MS = 1000, /* after a write */
    FIRST_LOOK_MS = 3000,   /* so long it may take at most: until then the file may have a text of before */
};

static int64_t uptime_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

static void stop(struct sync_file *s, enum exit_code code)
{
    if (s->is_over)
        return;
    s->is_over = true;
    s->code = code;
}

/* ---- the record ---- */

static bool write_record(struct sync_file *s)
{
    struct buf text = {0};
    const bool is_made = mirror_write(&s->mirror, &text) == OK;
    const bool is_written = is_made && record_file_write(&s->record, buf_slice(&text));
    buf_deinit(&text);
    if (!is_made)
        stop(s, say_no_memory());
    else if (!is_written)
        stop(s, say(EXIT_REFUSED, "%s cannot be written: %s", s->record.path, strerror(errno)));
    return is_written;
}

static void close_record(struct sync_file *s)
{
    if (!s->is_record_open || s->now_ms < s->close_record_ms || mirror_must_write(&s->mirror))
        return;
    s->is_record_open = false;
    write_record(s);
}

/* ---- what the file has become ---- */

static enum exit_code tell_verdict(const struct sync_file *s, enum mirror_verdict verdict)
{
    const char *name = s->file.name;
    switch (verdict) {
    case MIRROR_NOT_UTF8:
        return say(EXIT_REFUSED, "%s is not UTF-8; iconv can turn it into that", name);
    case MIRROR_HAS_CR:
        return say(EXIT_REFUSED, "%s has line ends of another system (CR LF, or CR); dos2unix can turn them",
                   name);
    case MIRROR_HAS_BOM:
        return say(EXIT_REFUSED, "%s begins with a byte order mark; save it as UTF-8 without one", name);
    case MIRROR_TOO_LARGE:
        return say(EXIT_REFUSED, "%s is larger than the server allows (%llu bytes)", name,
                   (unsigned long long)client_document_bytes(s->client));
    case MIRROR_DIFFERENT:
        return say(EXIT_REFUSED,
                   "%s and the pad have different texts, and it is not known what they had in common: empty "
                   "one of them, or make them the same with kolabpad put or cat",
                   name);
    default:
        return EXIT_DONE;
    }
}

/* Nothing is sent or written before it is a text again. */
static void pause_for(struct sync_file *s, enum mirror_verdict verdict)
{
    if (!s->is_paused)
        say(tell_verdict(s, verdict), "the file and the pad go their own ways until that is mended");
    s->is_paused = true;
}

static void take_verdict(struct sync_file *s, enum mirror_verdict verdict)
{
    if (verdict != MIRROR_SAME && verdict != MIRROR_TAKEN) {
        pause_for(s, verdict);
        return;
    }
    if (s->is_paused || s->is_gone_told)
        say(EXIT_DONE, "%s and the pad are kept the same again", s->file.name);
    s->is_paused = s->is_gone_told = false;
}

/* What was there in the moment of a write is in the save that came next, unless that knew nothing of it. */
static void take_met(struct sync_file *s, enum mirror_verdict next)
{
    enum mirror_verdict verdict;
    const bool is_lost = next == MIRROR_TAKEN && s->mirror.was_stale && s->met.len > 0;
    if (is_lost && mirror_stray(&s->mirror, buf_slice(&s->met_on), buf_slice(&s->met), &verdict))
        stop(s, say_no_memory());
    buf_deinit(&s->met);
    buf_deinit(&s->met_on);
}

static void take_save(struct sync_file *s, struct slice text)
{
    enum mirror_verdict verdict;
    if (mirror_saved(&s->mirror, text, s->now_ms, &verdict))
        stop(s, say_no_memory());
    else
        take_verdict(s, verdict);
    take_met(s, verdict);
}

static void tell_gone(struct sync_file *s)
{
    if (s->is_gone_told || s->now_ms - s->saves.gone_ms < GONE_MS)
        return;
    s->is_gone_told = true;
    say(EXIT_DONE, "%s is gone; nothing is written until it is back", s->file.name);
}

static void tell_unreadable(struct sync_file *s)
{
    if (errno == EFBIG)
        pause_for(s, MIRROR_TOO_LARGE);
    else if (!s->is_failure_told)
        say(EXIT_REFUSED, "%s cannot be read: %s", s->file.name, strerror(errno));
    s->is_failure_told = true;
}

/* True when the mirror knows its text, or that there is none. */
static bool look(struct sync_file *s)
{
    struct buf text = {0};
    const enum saves_look found = saves_look(&s->saves, buf_slice(&s->mirror.file), s->now_ms, &text);
    switch (found) {
    case SAVES_NEW:
        take_save(s, buf_slice(&text));
        break;
    case SAVES_GONE:
        tell_gone(s);
        break;
    case SAVES_UNREADABLE:
        tell_unreadable(s);
        break;
    default:
        break;
    }
    buf_deinit(&text);
    return found == SAVES_SAME || found == SAVES_NEW || (found == SAVES_GONE && s->mirror.is_missing);
}

static void look_at_strays(struct sync_file *s)
{
    struct buf before = {0}, after = {0};
    enum mirror_verdict verdict;
    while (diskfile_take_stray(&s->file, s->now_ms, &before, &after)) {
        if (mirror_stray(&s->mirror, buf_slice(&before), buf_slice(&after), &verdict))
            stop(s, say_no_memory());
        buf_deinit(&before);
    }
    buf_deinit(&after);
}

/* ---- what others did ---- */

static void keep_copy(struct sync_file *s)
{
    char copy[PATH_MAX];
    s->must_keep_copy = false;
    if (diskfile_write_copy(&s->file, buf_slice(&s->mirror.file), copy))
        say(EXIT_DONE, "the server has an older text, or a pad begun anew; %s is as it was in %s",
            s->file.name, copy);
    else
        stop(s, say(EXIT_REFUSED, "the server has an older text, and %s cannot be kept beside: %s",
                    s->file.name, strerror(errno)));
}

static void tell_failure(struct sync_file *s)
{
    s->write_ms = s->now_ms + RETRY_MS;
    if (!s->is_failure_told)
        say(EXIT_REFUSED, "%s cannot be written: %s; trying again", s->file.name, strerror(errno));
    s->is_failure_told = true;
}

/* Not before a share of the time has passed that it took. */
static void note_written(struct sync_file *s, struct buf *text, int64_t took_ms)
{
    mirror_wrote(&s->mirror, text, s->now_ms);
    s->is_failure_told = false;
    s->write_ms = s->now_ms + WRITE_MS + WRITE_SHARE * took_ms;
    s->close_record_ms = s->write_ms + CLOSE_RECORD_MS;
}

static void note_returned(struct sync_file *s, struct slice text, struct buf *found)
{
    buf_clear(&s->met_on);
    if (mirror_exposed(&s->mirror, text, s->now_ms) || buf_append(&s->met_on, buf_slice(&s->mirror.file)))
        stop(s, say_no_memory());
    buf_deinit(&s->met);
    s->met = *found;
    *found = (struct buf){0};
    saves_forget(&s->saves);
}

static void put_text(struct sync_file *s, struct buf *text, int64_t begun_ms)
{
    const struct buf *file = &s->mirror.file;
    const struct slice none = {0}, known = slice_of(file->ptr ? file->ptr : "", file->len);
    struct buf found = {0};
    switch (diskfile_replace(&s->file, buf_slice(text), s->mirror.is_missing ? none : known, s->now_ms,
                             &s->saves.known, &found)) {
    case DISKFILE_WRITTEN:
        note_written(s, text, uptime_ms() - begun_ms);
        break;
    case DISKFILE_RETURNED:
        note_returned(s, buf_slice(text), &found);
        break;
    case DISKFILE_CHANGED: /* what it has become is seen soon */
        saves_forget(&s->saves);
        break;
    case DISKFILE_FAILED:
        tell_failure(s);
    }
    buf_deinit(&found);
}

static void write_file(struct sync_file *s)
{
    struct buf text = {0};
    const int64_t begun_ms = uptime_ms();
    if (mirror_begin_write(&s->mirror, &text)) {
        stop(s, say_no_memory());
        return;
    }
    const bool is_same = !s->mirror.is_missing && slice_equal(buf_slice(&text), buf_slice(&s->mirror.file));
    if (is_same) {
        mirror_wrote(&s->mirror, &text, s->now_ms);
    } else if (write_record(s)) {
        s->is_record_open = true;
        put_text(s, &text, begun_ms);
    }
    buf_deinit(&text);
}

static void write_if_due(struct sync_file *s, bool is_known)
{
    const bool may_write = is_known && !s->is_paused && s->now_ms >= s->write_ms;
    if (!may_write || !mirror_must_write(&s->mirror) || s->is_over)
        return;
    if (s->must_keep_copy)
        keep_copy(s);
    if (!s->is_over)
        write_file(s);
}

/* ---- the two meet ---- */

static void meet(struct sync_file *s)
{
    struct buf text = {0};
    enum mirror_verdict verdict = MIRROR_SAME;
    const struct slice none = {0};
    const enum saves_look found = saves_look(&s->saves, none, s->now_ms, &text);
    const struct slice file = slice_of(text.ptr ? text.ptr : "", text.len);
    if (found == SAVES_CHANGING)
        verdict = MIRROR_SAME; /* somebody may be saving it: soon */
    else if (found == SAVES_UNREADABLE && errno != EFBIG)
        stop(s, say(EXIT_REFUSED, "%s cannot be read: %s", s->file.name, strerror(errno)));
    else if (found == SAVES_UNREADABLE)
        verdict = MIRROR_TOO_LARGE;
    else if (mirror_meet(&s->mirror, found == SAVES_GONE ? none : file, &verdict))
        stop(s, say_no_memory());
    if (verdict != MIRROR_SAME && verdict != MIRROR_TAKEN)
        stop(s, tell_verdict(s, verdict));
    buf_deinit(&text);
}

/* ---- life ---- */

/* What it is about: the file, and the pad without its password. */
static enum error describe(const struct sync_file *s, const struct address *pad, struct buf *out)
{
    const char *const parts[] = {s->file.path, pad->host, pad->base, pad->id, pad->link};
    enum error err = buf_append(out, slice_of(&pad->port, sizeof pad->port));
    for (size_t i = 0; !err && i < sizeof parts / sizeof *parts; i++)
        err = buf_append(out, slice_of(parts[i], strlen(parts[i]) + 1));
    return err;
}

static enum exit_code open_record(struct sync_file *s, const struct address *pad)
{
    struct buf about = {0};
    const enum exit_code code = describe(s, pad, &about)
                                    ? say_no_memory()
                                    : record_file_open(&s->record, buf_slice(&about), s->file.name);
    buf_deinit(&about);
    return code;
}

enum exit_code sync_file_open(struct sync_file *s, const char *path, const struct address *pad)
{
    *s = (struct sync_file){.record.lock = -1};
    s->saves.file = &s->file;
    enum exit_code code = diskfile_open(&s->file, path);
    if (!code)
        code = open_record(s, pad);
    if (!code) /* its name is as good as random, and it is locked */
        memcpy(s->file.tag, strrchr(s->record.path, '/') + 1, DISKFILE_TAG_CHARS);
    return code;
}

/* The record was written right before the file would have been. */
static void clear_leftovers(const struct sync_file *s)
{
    const struct mirror *m = &s->mirror;
    const struct slice text = buf_slice(&m->file);
    leftovers_clear(&s->file, m->version_count > 0 ? buf_slice(&m->versions[0].text) : text, text);
}

static bool is_missing(const struct sync_file *s)
{
    const struct diskfile_state state = diskfile_look(&s->file);
    return diskfile_is_missing(&state);
}

bool sync_file_begin(struct sync_file *s, struct client *client, int64_t now_ms)
{
    struct buf record = {0};
    s->client = client;
    s->now_ms = now_ms;
    mirror_init(&s->mirror, client);
    const enum exit_code code = record_file_read(&s->record, &record);
    if (code) {
        stop(s, code);
    } else if (record.len > 0 && mirror_read(&s->mirror, buf_slice(&record), now_ms + FIRST_LOOK_MS)) {
        stop(s,
             say(EXIT_REFUSED, "%s is no record of this program; remove it to begin anew", s->record.path));
    } else if (record.len > 0) {
        clear_leftovers(s);
        s->mirror.is_missing = is_missing(s);
    }
    buf_deinit(&record);
    return s->mirror.has_met && !s->is_over;
}

void sync_file_end(struct sync_file *s)
{
    if (s->mirror.has_met)
        write_record(s);
    mirror_deinit(&s->mirror);
}

void sync_file_close(struct sync_file *s)
{
    buf_deinit(&s->met);
    buf_deinit(&s->met_on);
    diskfile_close(&s->file);
    record_file_close(&s->record);
}

/* ---- a step ---- */

static void tell_beginning(struct sync_file *s)
{
    if (s->is_told || s->is_paused || saves_is_restless(&s->saves) || mirror_must_write(&s->mirror))
        return;
    s->is_told = true;
    say(EXIT_DONE, "%s and the pad are kept the same; Ctrl+C ends that", s->file.name);
}

void sync_file_step(struct sync_file *s, int64_t now_ms)
{
    s->now_ms = now_ms;
    if (!s->mirror.has_met && !s->is_over && client_is_loaded(s->client))
        meet(s);
    if (!s->mirror.has_met || s->is_over)
        return;
    look_at_strays(s);
    write_if_due(s, look(s));
    close_record(s);
    tell_beginning(s);
}

bool sync_file_before_edit(struct sync_file *s)
{
    return write_record(s);
}

bool sync_file_is_changing(const struct sync_file *s)
{
    return s->saves.restless_ms != 0;
}

bool sync_file_is_busy(const struct sync_file *s)
{
    return saves_is_restless(&s->saves) || s->file.retired_count > 0 ||
           (s->mirror.has_met && mirror_must_write(&s->mirror));
}
