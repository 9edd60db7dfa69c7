/* The operations of one turn, as the journal keeps them.
 *
 *     byte 1   varint(tabs)
 *     tabs × ( varint(user id)  16 bytes of token  varint(last) )
 *     to the end × ( author  varint(bytes)  code of the operation )
 *     author   varint(id + 1, 0 for the system), written a byte longer than it has
 *              to be (its last byte is 0) when the author goes by author
 *
 * Servers from before that rule read the longer form as the same number, and
 * theirs is the shorter one, by text, as their authors went: either program may
 * run on a file of the other.
 *
 * `last` counts the operations up to and including the tab's last one in this
 * batch; the tabs are ordered by it. v1 authors have no token and so no row
 * among the tabs. */
#include "pad/batch.h"

#include "base/assert.h"
#include "base/mem.h"
#include "pad/pad_private.h"

enum { BATCH_FORMAT = 1, TOKEN_BYTES = sizeof(struct id128), VARINT_GOES_ON = 0x80 };

/* ---- writing ---- */

/* The authors since the last batch are the tail of the client list. Returns the
 * link before the first of them, and their number. */
static struct link *before_authors(struct pad *pad, uint64_t *count)
{
    struct link *at = pad->clients.prev;
    for (*count = 0; at != &pad->clients && client_of(at)->committed_revision > pad->journaled; at = at->prev)
        ++*count;
    return at;
}

static enum error encode_tab(const struct pad_client *client, uint64_t first_revision, struct buf *out)
{
    enum error err = buf_append_varint(out, client->user_id);
    if (!err)
        err = buf_append(out, slice_of(client->token.bytes, TOKEN_BYTES));
    if (!err)
        err = buf_append_varint(out, client->committed_revision - first_revision);
    return err;
}

static enum error encode_tabs(struct pad *pad, struct buf *out)
{
    uint64_t count;
    struct link *at = before_authors(pad, &count);
    enum error err = buf_append_byte(out, BATCH_FORMAT);
    if (!err)
        err = buf_append_varint(out, count);
    for (at = at->next; !err && at != &pad->clients; at = at->next)
        err = encode_tab(client_of(at), pad->journaled, out);
    return err;
}

static enum error encode_author(struct pad_author author, struct buf *out)
{
    const enum error err = buf_append_varint(out, author.user_id + 1);
    if (err || author.order == PAD_BY_TEXT)
        return err;
    out->ptr[out->len - 1] |= (char)VARINT_GOES_ON;
    return buf_append_byte(out, 0);
}

static enum error encode_operation(const struct history_entry *entry, struct buf *out)
{
    enum error err = encode_author(entry->author, out);
    if (!err)
        err = buf_append_varint(out, entry->op.code.len);
    if (!err)
        err = buf_append(out, entry->op.code);
    return err;
}

enum error pad_encode_batch(struct pad *pad, struct buf *out)
{
    const size_t before = out->len;
    enum error err = encode_tabs(pad, out);
    for (uint64_t revision = pad->journaled; !err && revision < pad->revision; revision++) {
        const struct history_entry entry = history_at(&pad->history, revision);
        err = encode_operation(&entry, out);
    }
    if (err) {
        out->len = before;
        return err;
    }
    pad->journaled = pad->revision;
    return OK;
}

void pad_take_back_batch(struct pad *pad, uint64_t first)
{
    ASSERT(first <= pad->journaled && pad->committed <= first);
    pad->journaled = first;
}

/* ---- reading ---- */

static bool take_varint(struct slice *bytes, uint64_t *value)
{
    size_t at = 0;
    if (!varint_read(*bytes, &at, value))
        return false;
    *bytes = slice_from(*bytes, at);
    return true;
}

static bool take_bytes(struct slice *bytes, uint64_t count, struct slice *taken)
{
    if (count > bytes->len)
        return false;
    *taken = slice_of(bytes->ptr, (size_t)count);
    *bytes = slice_from(*bytes, (size_t)count);
    return true;
}

/* Reads the next tab, if there is one. Its last operation must come after that
 * of the one before. */
static enum error next_tab(struct batch_reader *r)
{
    const uint64_t last_before = r->tab.last;
    struct slice token;
    r->has_tab = r->tab_count > 0;
    if (!r->has_tab)
        return OK;
    r->tab_count--;
    if (!take_varint(&r->tabs, &r->tab.user_id) || !take_bytes(&r->tabs, TOKEN_BYTES, &token) ||
        !take_varint(&r->tabs, &r->tab.last))
        return ERR_STORAGE;
    memcpy(r->tab.token.bytes, token.ptr, TOKEN_BYTES);
    return r->tab.last > last_before ? OK : ERR_STORAGE;
}

/* Finds where the tabs end and the operations begin. */
static bool skip_tabs(struct slice *bytes, uint64_t count)
{
    uint64_t number;
    struct slice token;
    for (; count > 0; count--) {
        if (!take_varint(bytes, &number) || !take_bytes(bytes, TOKEN_BYTES, &token) ||
            !take_varint(bytes, &number))
            return false;
    }
    return true;
}

enum error batch_open(struct slice bytes, struct batch_reader *out)
{
    struct batch_reader r = {0};
    if (bytes.len == 0 || (uint8_t)bytes.ptr[0] != BATCH_FORMAT)
        return ERR_STORAGE;
    r.operations = slice_from(bytes, 1);
    if (!take_varint(&r.operations, &r.tab_count))
        return ERR_STORAGE;
    r.tabs = r.operations;
    if (!skip_tabs(&r.operations, r.tab_count) || r.operations.len == 0)
        return ERR_STORAGE;
    const enum error err = next_tab(&r);
    if (!err)
        *out = r;
    return err;
}

bool batch_is_done(const struct batch_reader *reader)
{
    return reader->operations.len == 0;
}

static bool take_author(struct slice *bytes, struct pad_author *out)
{
    const size_t before = bytes->len;
    uint64_t id_plus_one;
    if (!take_varint(bytes, &id_plus_one))
        return false;
    const bool is_longer = before - bytes->len > varint_size(id_plus_one);
    *out = (struct pad_author){id_plus_one - 1, is_longer ? PAD_BY_AUTHOR : PAD_BY_TEXT};
    return out->user_id <= PAD_USER_ID_MAX || (out->user_id == PAD_SYSTEM_USER && !is_longer);
}

static enum error take_operation(struct batch_reader *r, struct batch_operation *out)
{
    uint64_t code_bytes;
    struct slice code;
    if (!take_author(&r->operations, &out->author) || !take_varint(&r->operations, &code_bytes) ||
        !take_bytes(&r->operations, code_bytes, &code) || op_decode(code, &out->op) != OK)
        return ERR_STORAGE;
    return OK;
}

enum error batch_next(struct batch_reader *r, struct batch_operation *out)
{
    struct batch_operation operation = {0};
    enum error err = take_operation(r, &operation);
    if (err)
        return err;
    r->position++;
    operation.is_last_of_tab = r->has_tab && r->tab.last == r->position;
    if (operation.is_last_of_tab) {
        operation.token = r->tab.token;
        if (r->tab.user_id != operation.author.user_id)
            return ERR_STORAGE;
        err = next_tab(r);
    }
    if (!err && batch_is_done(r) && r->has_tab) /* a tab without its last operation */
        err = ERR_STORAGE;
    if (!err)
        *out = operation;
    return err;
}
