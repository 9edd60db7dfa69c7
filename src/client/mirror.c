#include "client/mirror.h"

#include "base/json.h"
#include "client/json_value.h"
#include "client/outgoing.h"
#include "client/stale.h"
#include "ot/between.h"

#include <string.h>

void mirror_init(struct mirror *m, struct client *client)
{
    *m = (struct mirror){.client = client};
}

void mirror_deinit(struct mirror *m)
{
    buf_deinit(&m->file);
    op_deinit(&m->ahead);
    for (unsigned i = 0; i < m->version_count; i++)
        buf_deinit(&m->versions[i].text);
    *m = (struct mirror){0};
}

/* ---- small things ---- */

static void op_replace(struct op *op, struct op *by)
{
    op_deinit(op);
    *op = *by;
    *by = (struct op){0};
}

static enum error set_text(struct buf *text, struct slice bytes)
{
    buf_clear(text);
    return buf_append(text, bytes);
}

static enum error read_client(const struct mirror *m, struct buf *out)
{
    const struct rope *text = client_text(m->client);
    return rope_read(text, 0, rope_size(text).points, out);
}

/* What others did is in `ahead` from here on, and shown. */
static enum error take_change(struct mirror *m)
{
    struct op change = {0}, all = {0};
    bool has_change;
    enum error err = client_take_change(m->client, &change, &has_change);
    if (!err && has_change && m->has_ahead) {
        err = op_compose(op_view(&m->ahead), op_view(&change), &all);
        if (!err)
            op_replace(&m->ahead, &all);
    } else if (!err && has_change) {
        op_replace(&m->ahead, &change);
        m->has_ahead = true;
    }
    op_deinit(&change);
    return err;
}

/* ---- versions ---- */

static void forget_version(struct mirror *m)
{
    buf_deinit(&m->versions[--m->version_count].text);
}

/* The file had that text until now; takes it. */
static void note_version(struct mirror *m, struct buf *text, int64_t now_ms)
{
    if (m->version_count == MIRROR_VERSIONS)
        forget_version(m);
    memmove(&m->versions[1], &m->versions[0], m->version_count * sizeof *m->versions);
    m->versions[0] = (struct mirror_version){*text, now_ms + MIRROR_MOMENT_MS};
    m->version_count++;
    *text = (struct buf){0};
}

static void forget_old(struct mirror *m, int64_t now_ms)
{
    while (m->version_count > 0 && m->versions[m->version_count - 1].until_ms <= now_ms)
        forget_version(m);
}

static enum error look_at_version(const struct mirror *m, struct slice version, struct slice file,
                                  struct op *typed, bool *is_base)
{
    struct op since = {0}, on_old = {0};
    enum error err = op_between(version, buf_slice(&m->file), &since);
    if (!err)
        err = op_between(version, file, &on_old);
    if (!err)
        *is_base = save_is_stale(op_view(&since), op_view(&on_old), op_view(typed));
    if (!err && *is_base)
        op_replace(typed, &on_old);
    op_deinit(&since);
    op_deinit(&on_old);
    return err;
}

/* The text that the save was made on, and the difference: the oldest that it can be. */
static enum error find_base(const struct mirror *m, struct slice file, struct slice *base, struct op *typed)
{
    bool is_base = false;
    enum error err = op_between(buf_slice(&m->file), file, typed);
    *base = buf_slice(&m->file);
    for (unsigned i = m->version_count; !err && !is_base && i > 0; i--) {
        const struct slice version = buf_slice(&m->versions[i - 1].text);
        err = look_at_version(m, version, file, typed, &is_base);
        if (is_base)
            *base = version;
    }
    return err;
}

/* ---- saves ---- */

static bool begins_with_bom(struct slice text)
{
    return text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0;
}

/* MIRROR_TAKEN: it may be taken. */
static enum mirror_verdict judge(const struct mirror *m, struct slice file)
{
    const uint64_t limit = client_document_bytes(m->client);
    if (m->has_met && slice_equal(file, buf_slice(&m->file)))
        return MIRROR_SAME;
    if (begins_with_bom(file) && !begins_with_bom(buf_slice(&m->file)))
        return MIRROR_HAS_BOM;
    if ((limit && file.len > limit && file.len > m->file.len) || file.len > ROPE_BYTES_MAX)
        return MIRROR_TOO_LARGE;
    if (utf8_check(file, NULL))
        return MIRROR_NOT_UTF8;
    return utf8_has_cr(file) ? MIRROR_HAS_CR : MIRROR_TAKEN;
}

/* Gives `typed`, made on the file's text, to the client; `ahead` is then from the text after it. */
static enum error edit(struct mirror *m, struct op *typed)
{
    struct op mine = {0}, ahead = {0};
    enum error err = OK;
    if (m->has_ahead) {
        err = op_transform(op_view(typed), op_view(&m->ahead), OP_A_FIRST, &mine, &ahead);
        if (!err) {
            op_replace(typed, &mine);
            op_replace(&m->ahead, &ahead);
        }
    }
    if (!err)
        err = client_edit(m->client, op_view(typed));
    op_deinit(&mine);
    op_deinit(&ahead);
    return err;
}

/* `typed` was made on `base`, which others had changed to the file's text: moves it over that.
 * *missed is what they did, on the text after it. */
static enum error move_over_missed(const struct mirror *m, struct slice base, struct op *typed,
                                   struct op *missed)
{
    struct op since = {0}, moved = {0};
    enum error err = op_between(base, buf_slice(&m->file), &since);
    if (!err)
        err = op_transform(op_view(typed), op_view(&since), OP_A_FIRST, &moved, missed);
    if (!err)
        op_replace(typed, &moved);
    op_deinit(&since);
    op_deinit(&moved);
    return err;
}

static enum error put_before_ahead(struct mirror *m, struct op *first)
{
    struct op all = {0};
    if (m->has_ahead) {
        const enum error err = op_compose(op_view(first), op_view(&m->ahead), &all);
        if (err)
            return err;
        op_replace(first, &all);
    }
    op_replace(&m->ahead, first);
    m->has_ahead = true;
    return OK;
}

static enum error take_save(struct mirror *m, struct slice file)
{
    struct op typed = {0}, missed = {0};
    struct slice base;
    enum error err = find_base(m, file, &base, &typed);
    const bool is_of_now = !err && base.ptr == m->file.ptr;
    m->was_stale = !is_of_now;
    if (!err && !is_of_now)
        err = move_over_missed(m, base, &typed, &missed);
    if (!err)
        err = edit(m, &typed);
    if (!err && !is_of_now)
        err = put_before_ahead(m, &missed);
    if (!err)
        err = set_text(&m->file, file);
    op_deinit(&typed);
    op_deinit(&missed);
    return err;
}

enum error mirror_saved(struct mirror *m, struct slice file, int64_t now_ms, enum mirror_verdict *verdict)
{
    forget_old(m, now_ms);
    *verdict = judge(m, file);
    m->is_missing = false;
    return *verdict == MIRROR_TAKEN ? take_save(m, file) : OK;
}

enum error mirror_stray(struct mirror *m, struct slice base, struct slice file, enum mirror_verdict *verdict)
{
    struct op typed = {0}, missed = {0}, all = {0};
    *verdict = slice_equal(base, file) ? MIRROR_SAME : judge(m, file);
    if (*verdict != MIRROR_TAKEN)
        return OK;
    enum error err = op_between(base, file, &typed);
    if (!err)
        err = move_over_missed(m, base, &typed, &missed);
    if (!err && m->has_ahead) { /* the file does not have it: it comes last in what that lacks */
        err = op_transform(op_view(&typed), op_view(&m->ahead), OP_A_FIRST, &all, &missed);
        if (!err)
            op_replace(&typed, &all);
    }
    if (!err)
        err = client_edit(m->client, op_view(&typed));
    if (!err && m->has_ahead)
        err = op_compose(op_view(&m->ahead), op_view(&typed), &all);
    if (!err)
        op_replace(&m->ahead, m->has_ahead ? &all : &typed);
    m->has_ahead |= !err;
    op_deinit(&typed);
    op_deinit(&missed);
    op_deinit(&all);
    return err;
}

/* ---- the first meeting ---- */

/* The file's text is that, and nothing is known of how the other's came about. */
static enum error begin_with(struct mirror *m, struct slice file)
{
    struct buf text = {0};
    enum error err = read_client(m, &text);
    if (!err)
        err = set_text(&m->file, file);
    if (!err)
        err = op_between(file, buf_slice(&text), &m->ahead);
    m->has_ahead = !err && !op_is_noop(op_view(&m->ahead));
    m->has_met = !err;
    buf_deinit(&text);
    return err;
}

enum error mirror_meet(struct mirror *m, struct slice file, enum mirror_verdict *verdict)
{
    struct buf text = {0};
    enum error err = take_change(m);
    if (!err)
        err = read_client(m, &text);
    const bool is_same = !err && slice_equal(buf_slice(&text), file), is_empty = text.len == 0;
    buf_deinit(&text);
    if (err)
        return err;
    m->is_missing = file.ptr == NULL;
    *verdict = MIRROR_SAME;
    if (file.len == 0 || is_same)
        return begin_with(m, file);
    *verdict = judge(m, file);
    if (*verdict != MIRROR_TAKEN)
        return OK;
    *verdict = MIRROR_DIFFERENT;
    if (!is_empty)
        return OK;
    err = begin_with(m, (struct slice){0});
    return err ? err : mirror_saved(m, file, 0, verdict);
}

/* ---- writing ---- */

bool mirror_must_write(const struct mirror *m)
{
    return m->has_met && (m->is_missing || m->has_ahead || client_has_unshown(m->client));
}

enum error mirror_begin_write(struct mirror *m, struct buf *text)
{
    const enum error err = take_change(m);
    return err ? err : read_client(m, text);
}

void mirror_wrote(struct mirror *m, struct buf *text, int64_t now_ms)
{
    forget_old(m, now_ms);
    if (m->file.len > 0 && !slice_equal(buf_slice(&m->file), buf_slice(text))) /* nobody has read nothing */
        note_version(m, &m->file, now_ms);
    buf_deinit(&m->file);
    m->file = *text;
    *text = (struct buf){0};
    op_deinit(&m->ahead);
    m->has_ahead = m->is_missing = false;
}

enum error mirror_exposed(struct mirror *m, struct slice text, int64_t now_ms)
{
    struct buf copy = {0};
    const enum error err = buf_append(&copy, text);
    if (!err && text.len > 0)
        note_version(m, &copy, now_ms);
    buf_deinit(&copy);
    return err;
}

/* ---- another life ---- */

enum error mirror_write(const struct mirror *m, struct buf *out)
{
    const size_t before = out->len;
    const bool is_behind = m->has_ahead || client_has_unshown(m->client);
    enum error err = client_write(m->client, out);
    if (!err)
        err = buf_append(out, SLICE("\n{\"file\":"));
    if (!err)
        err = is_behind ? outgoing_string(out, buf_slice(&m->file)) : buf_append(out, SLICE("null"));
    if (!err)
        err = buf_append(out, SLICE("}\n"));
    if (err)
        out->len = before;
    return err;
}

/* The file has the text of the client, or that one before it. */
static enum error read_file(struct mirror *m, struct slice json, int64_t now_ms)
{
    json_t *root = NULL;
    struct buf before = {0};
    struct slice file;
    enum error err = value_parse(json, &root);
    if (!err && !value_optional_string(json_object_get(root, "file"), &file))
        err = ERR_BAD_MESSAGE;
    if (!err)
        err = read_client(m, &m->file);
    if (!err && file.ptr) {
        err = buf_append(&before, file);
        if (!err)
            note_version(m, &before, now_ms);
    }
    m->has_met = !err;
    buf_deinit(&before);
    json_decref(root);
    return err;
}

enum error mirror_read(struct mirror *m, struct slice record, int64_t now_ms)
{
    const char *end = record.len ? memchr(record.ptr, '\n', record.len) : NULL;
    if (!end)
        return ERR_BAD_MESSAGE;
    const size_t len = (size_t)(end - record.ptr);
    const enum error err = client_read(m->client, slice_of(record.ptr, len));
    return err ? err : read_file(m, slice_from(record, len + 1), now_ms);
}
