/* The script of a v1 client. */
#include "sim/client_private.h"

#include <stdio.h>
#include <string.h>

/* ---- what is not acknowledged ---- */

static void replace(struct op *op, struct op *by)
{
    op_deinit(op);
    *op = *by;
    *by = (struct op){0};
}

static void compose_into(struct op *op, struct op_view next)
{
    struct op both = {0};
    client_must(op_compose(op_view(op), next, &both));
    replace(op, &both);
}

/* Puts `pending` behind `over` and makes `over` into what it is after it. */
static void pass(struct op *pending, struct op *over)
{
    struct op pending_after = {0}, over_after = {0};
    client_must(op_transform(op_view(pending), op_view(over), OP_BY_TEXT, &pending_after, &over_after));
    replace(pending, &pending_after);
    replace(over, &over_after);
}

/* The buffer becomes the edit in flight. */
static void send_buffer(struct sim_client *c)
{
    struct sim_v1 *v1 = &c->v1;
    if (c->state != SIM_LIVE || v1->has_outstanding || !v1->has_buffer)
        return;
    replace(&v1->outstanding, &v1->buffer);
    v1->has_outstanding = true;
    v1->has_buffer = false;
    struct wire_message *m = wire_put(c->up, WIRE_EDIT);
    m->revision = v1->revision;
    client_must(buf_append(&m->bytes, buf_slice(&v1->outstanding.code)));
}

void v1_edit(struct sim_client *c, struct op *op)
{
    if (c->v1.has_buffer)
        compose_into(&c->v1.buffer, op_view(op));
    else
        replace(&c->v1.buffer, op);
    c->v1.has_buffer = true;
    op_deinit(op);
    send_buffer(c);
}

/* ---- what others did ---- */

static void move_users(struct sim_client *c, struct op_view op)
{
    for (uint32_t i = 0; i < c->user_count; i++) {
        struct wire_cursors *cursors = &c->users[i].cursors;
        for (uint32_t k = 0; k < cursors->caret_count; k++)
            cursors->carets[k] = op_move_caret(op, cursors->carets[k]);
        if (cursors->has_selection) {
            cursors->selection.anchor = op_move_caret(op, cursors->selection.anchor);
            cursors->selection.head = op_move_caret(op, cursors->selection.head);
        }
    }
}

/* Both sides transformed it over the same operations, so it must have become
 * the same; line ends are corrected right behind it. */
static void acknowledge(struct sim_client *c, struct op_view op)
{
    client_require(c->v1.has_outstanding, "acknowledged without an edit in flight");
    client_require(op_equal(op, op_view(&c->v1.outstanding)),
                   "the server applied another edit than the one in flight");
    unique_points_acked(c->points, op);
    op_clear(&c->v1.outstanding);
    c->v1.has_outstanding = false;
}

static void take_remote(struct sim_client *c, struct op_view op)
{
    struct op remote = {0};
    client_must(op_copy(&remote, op));
    if (c->v1.has_outstanding)
        pass(&c->v1.outstanding, &remote);
    if (c->v1.has_buffer)
        pass(&c->v1.buffer, &remote);
    reference_text_apply(&c->text, op_view(&remote));
    op_deinit(&remote);
}

static void take_history(struct sim_client *c, const struct wire_message *m)
{
    uint64_t author;
    struct op_view op;
    client_require(m->revision == c->v1.revision, "history with a gap or a repetition");
    for (size_t at = 0; wire_next_operation(m, &at, &author, &op);) {
        reference_text_apply(&c->server, op);
        move_users(c, op);
        if (author == c->user_id)
            acknowledge(c, op);
        else
            take_remote(c, op);
        c->v1.revision++;
        send_buffer(c); /* as existing clients do: at its acknowledgement, before what follows it */
    }
}

/* ---- joining ---- */

void v1_connect(struct sim_client *c)
{
    op_clear(&c->v1.outstanding);
    op_clear(&c->v1.buffer);
    c->v1.has_outstanding = c->v1.has_buffer = false;
    reference_text_clear(&c->server);
    reference_text_clear(&c->text);
    c->v1.revision = 0;
    c->user_count = 0;
    c->language[0] = '\0'; /* none, unless it is told */
    struct wire_message *m = wire_put(c->up, WIRE_HELLO);
    m->hello = (struct pad_hello){.version = PAD_V1, .token = c->token, .name = SLICE("tab")};
    m->password = c->password;
}

static void take_welcome(struct sim_client *c, const struct wire_message *m)
{
    c->user_id = m->welcome.user_id;
    c->state = SIM_LIVE;
}

/* ---- people ---- */

static void take_info(struct sim_client *c, const struct wire_message *m)
{
    struct sim_user *user = client_user_of(c, m->user_id);
    user->has_info = true;
    memcpy(user->name, m->name, sizeof user->name);
    user->hue = m->hue;
}

static void take_cursors(struct sim_client *c, const struct wire_message *m)
{
    struct sim_user *user = client_user_of(c, m->user_id);
    user->has_cursors = true;
    user->cursors = m->cursors;
}

static void take_left(struct sim_client *c, uint64_t user_id)
{
    for (uint32_t i = 0; i < c->user_count; i++) {
        if (c->users[i].id == user_id) {
            c->users[i] = c->users[--c->user_count];
            return;
        }
    }
}

void v1_feed(struct sim_client *c, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_WELCOME:
        take_welcome(c, m);
        break;
    case WIRE_HISTORY:
        take_history(c, m);
        send_buffer(c);
        break;
    case WIRE_INFO:
        take_info(c, m);
        break;
    case WIRE_CURSORS:
        take_cursors(c, m);
        break;
    case WIRE_LEFT:
        take_left(c, m->user_id);
        break;
    case WIRE_LANGUAGE:
        snprintf(c->language, sizeof c->language, "%.*s", (int)m->bytes.len,
                 m->bytes.len ? m->bytes.ptr : "");
        break;
    case WIRE_PASSWORD:
        c->password = m->password;
        break;
    case WIRE_CLOSE:
        sim_client_cut(c);
        break;
    default:
        client_require(false, "a message in the wrong direction");
    }
}
