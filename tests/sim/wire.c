#include "sim/wire.h"

#include <stdlib.h>
#include <string.h>

void wire_pipe_init(struct wire_pipe *pipe)
{
    list_init(&pipe->messages);
    pipe->count = 0;
}

struct wire_message *wire_put(struct wire_pipe *pipe, enum wire_kind kind)
{
    struct wire_message *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->kind = kind;
    list_append(&pipe->messages, &m->link);
    pipe->count++;
    return m;
}

struct wire_message *wire_take(struct wire_pipe *pipe)
{
    if (list_is_empty(&pipe->messages))
        return NULL;
    struct wire_message *m = LIST_ITEM(pipe->messages.next, struct wire_message, link);
    list_remove(&m->link);
    pipe->count--;
    return m;
}

void wire_free(struct wire_message *message)
{
    buf_deinit(&message->bytes);
    free(message);
}

void wire_cut(struct wire_pipe *pipe, unsigned kept)
{
    unsigned seen = 0;
    LIST_EACH (at, next, &pipe->messages) {
        if (seen++ < kept)
            continue;
        list_remove(at);
        wire_free(LIST_ITEM(at, struct wire_message, link));
        pipe->count--;
    }
}

void wire_append_operation(struct wire_message *m, uint64_t author, struct op_view op)
{
    if (buf_append_varint(&m->bytes, author) || buf_append_varint(&m->bytes, op.code.len) ||
        buf_append(&m->bytes, op.code))
        abort();
}

bool wire_next_operation(const struct wire_message *m, size_t *at, uint64_t *author, struct op_view *op)
{
    const struct slice bytes = buf_slice(&m->bytes);
    uint64_t code_bytes;
    if (*at == bytes.len)
        return false;
    if (!varint_read(bytes, at, author) || !varint_read(bytes, at, &code_bytes) ||
        code_bytes > bytes.len - *at)
        abort();
    const struct slice code = slice_of(bytes.ptr + *at, (size_t)code_bytes);
    *op = op_view_trusted(code); /* what a v1 client typed is echoed to it with its \r */
    *at += (size_t)code_bytes;
    return true;
}

struct wire_password wire_password_of(struct slice password)
{
    struct wire_password out = {.is_set = password.ptr != NULL};
    if (password.len >= sizeof out.chars)
        abort();
    if (password.len > 0)
        memcpy(out.chars, password.ptr, password.len);
    return out;
}

struct slice wire_password_slice(const struct wire_password *password)
{
    return password->is_set ? slice_from_cstr(password->chars) : (struct slice){0};
}

struct wire_cursors wire_cursors_of(const struct pad_cursors *cursors)
{
    struct wire_cursors out = {.caret_count = cursors->caret_count,
                               .has_selection = cursors->selection_count > 0};
    if (cursors->caret_count > WIRE_CARETS_MAX || cursors->selection_count > 1)
        abort();
    for (uint32_t i = 0; i < out.caret_count; i++)
        out.carets[i] = cursors->carets[i];
    if (out.has_selection)
        out.selection = cursors->selections[0];
    return out;
}

static void clamp(uint32_t *at, uint32_t end)
{
    if (*at > end)
        *at = end;
}

void wire_cursors_clamp(struct wire_cursors *cursors, uint32_t end)
{
    for (uint32_t i = 0; i < cursors->caret_count; i++)
        clamp(&cursors->carets[i], end);
    clamp(&cursors->selection.anchor, end);
    clamp(&cursors->selection.head, end);
}
