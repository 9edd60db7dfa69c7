#include "sim/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(enum error err)
{
    if (err)
        abort();
}

/* Something that the protocol rules out. */
static void require(bool belief, const char *what)
{
    if (belief)
        return;
    printf("client: %s\n", what);
    fflush(stdout);
    abort();
}

void sim_client_init(struct sim_client *c, enum pad_version version, struct id128 token, const char *document,
                     struct unique_points *points)
{
    *c = (struct sim_client){.version = version, .token = token, .document = document, .points = points};
    c->order = version == PAD_V2 && token.bytes[0] % 3 > 0 ? PAD_BY_AUTHOR : PAD_BY_TEXT;
}

void sim_client_deinit(struct sim_client *c)
{
    reference_text_deinit(&c->server);
    reference_text_deinit(&c->text);
    op_deinit(&c->outstanding);
    op_deinit(&c->buffer);
    free(c->users);
}

bool sim_client_is_synchronised(const struct sim_client *c)
{
    return c->state == SIM_LIVE && !c->has_outstanding && !c->has_buffer;
}

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
    must(op_compose(op_view(op), next, &both));
    replace(op, &both);
}

static void forget_pending(struct sim_client *c)
{
    op_clear(&c->outstanding);
    op_clear(&c->buffer);
    c->has_outstanding = c->has_buffer = false;
}

static struct pad_author myself(const struct sim_client *c)
{
    return (struct pad_author){c->user_id, c->order};
}

/* The order of what this client has pending and an operation of `author`. What
 * is in flight counts as what it was sent as, which is what the server knows;
 * what was never sent may be ordered in any way that keeps runs whole. */
static enum op_order order_with(const struct sim_client *c, struct pad_author author)
{
    const struct pad_author me = c->has_outstanding ? c->sent_as : myself(c);
    if (me.order == PAD_BY_TEXT || author.order == PAD_BY_TEXT || me.user_id == author.user_id)
        return OP_BY_TEXT;
    return me.user_id < author.user_id ? OP_A_FIRST : OP_B_FIRST;
}

/* Puts `pending` behind `over` and makes `over` into what it is after it. */
static void pass(struct op *pending, struct op *over, enum op_order order)
{
    struct op pending_after = {0}, over_after = {0};
    must(op_transform(op_view(pending), op_view(over), order, &pending_after, &over_after));
    replace(pending, &pending_after);
    replace(over, &over_after);
}

static void send_outstanding(struct sim_client *c)
{
    struct wire_message *m = wire_put(c->up, WIRE_EDIT);
    m->revision = c->revision;
    c->sent_as = myself(c);
    must(buf_append(&m->bytes, buf_slice(&c->outstanding.code)));
}

/* The buffer becomes the edit in flight. */
static void send_buffer(struct sim_client *c)
{
    if (c->state != SIM_LIVE || c->has_outstanding || !c->has_buffer)
        return;
    replace(&c->outstanding, &c->buffer);
    c->has_outstanding = true;
    c->has_buffer = false;
    send_outstanding(c);
}

static void edit(struct sim_client *c, struct op *op)
{
    reference_text_apply(&c->text, op_view(op));
    if (c->has_buffer)
        compose_into(&c->buffer, op_view(op));
    else
        replace(&c->buffer, op);
    c->has_buffer = true;
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
    require(c->has_outstanding, "acknowledged without an edit in flight");
    require(op_equal(op, op_view(&c->outstanding)), "the server applied another edit than the one in flight");
    unique_points_acked(c->points, op);
    op_clear(&c->outstanding);
    c->has_outstanding = false;
    c->acked = c->revision + 1;
}

static void take_remote(struct sim_client *c, struct op_view op, struct pad_author author)
{
    const enum op_order order = order_with(c, author);
    struct op remote = {0};
    must(op_copy(&remote, op));
    if (c->has_outstanding)
        pass(&c->outstanding, &remote, order);
    if (c->has_buffer)
        pass(&c->buffer, &remote, order);
    reference_text_apply(&c->text, op_view(&remote));
    op_deinit(&remote);
}

static void take_history(struct sim_client *c, const struct wire_message *m)
{
    struct pad_author author;
    struct op_view op;
    require(m->revision == c->revision, "history with a gap or a repetition");
    for (size_t at = 0; wire_next_operation(m, &at, &author, &op);) {
        reference_text_apply(&c->server, op);
        move_users(c, op);
        if (author.user_id == c->user_id)
            acknowledge(c, op);
        else
            take_remote(c, op, author);
        c->revision++;
        if (c->version == PAD_V1) /* as existing clients do: at its acknowledgement, before what follows it */
            send_buffer(c);
    }
}

/* ---- joining ---- */

static void go_live_when_caught_up(struct sim_client *c)
{
    if (c->state != SIM_JOINING || c->revision < c->welcome.revision)
        return;
    c->state = SIM_LIVE;
    if (c->has_outstanding) /* it did not arrive: the replay would have held it */
        send_outstanding(c);
    else
        send_buffer(c);
}

static void start_afresh(struct sim_client *c)
{
    forget_pending(c);
    reference_text_clear(&c->server);
    reference_text_clear(&c->text);
    c->revision = 0;
}

static void take_welcome(struct sim_client *c, const struct wire_message *m)
{
    c->welcome = m->welcome;
    c->welcome_epoch = m->epoch;
    c->user_id = m->welcome.user_id;
    if (c->version == PAD_V1) {
        c->state = SIM_LIVE;
        return;
    }
    if (!c->welcome.resumed)
        return; /* the epoch is taken with the text: half of each would let two histories be spliced */
    c->epoch = c->welcome_epoch;
    go_live_when_caught_up(c);
}

/* What happened while it was away is one remote edit. The one in flight may be
 * part of it. */
static void take_snapshot(struct sim_client *c, const struct wire_message *m)
{
    struct reference_text now = {0};
    struct op missed = {0};
    reference_text_append_utf8(&now, buf_slice(&m->bytes));
    if (c->has_outstanding && c->welcome.committed > c->acked) {
        unique_points_acked(c->points, op_view(&c->outstanding));
        reference_text_apply(&c->server, op_view(&c->outstanding));
        op_clear(&c->outstanding);
        c->has_outstanding = false;
    }
    reference_text_diff(&c->server, &now, &missed);
    take_remote(c, op_view(&missed), pad_system_author());
    reference_text_copy(&c->server, &now);
    c->acked = c->welcome.committed;
    c->revision = m->revision;
    c->epoch = c->welcome_epoch;
    c->has_epoch = true;
    op_deinit(&missed);
    reference_text_deinit(&now);
    go_live_when_caught_up(c);
}

void sim_client_connect(struct sim_client *c, struct wire_pipe *up)
{
    c->up = up;
    c->state = SIM_JOINING;
    if (c->version == PAD_V1)
        start_afresh(c);
    c->user_count = 0;
    c->language[0] = '\0'; /* none, unless it is told */
    if (c->will_learn)
        c->order = PAD_BY_AUTHOR;
    c->will_learn = c->version == PAD_V2 && c->token.bytes[0] % 6 == 0;
    struct wire_message *m = wire_put(up, WIRE_HELLO);
    m->hello = (struct pad_hello){
        .version = c->version,
        .token = c->token,
        .has_epoch = c->has_epoch,
        .epoch = c->epoch,
        .revision = c->has_epoch ? c->revision : 0,
        .name = SLICE("tab"),
        .hue = c->token.bytes[0],
        .order = c->order,
    };
    m->document = c->document;
    m->password = c->password;
}

void sim_client_cut(struct sim_client *c)
{
    c->state = SIM_AWAY;
    c->up = NULL;
}

/* ---- people ---- */

const struct sim_user *sim_client_user(const struct sim_client *c, uint64_t user_id)
{
    for (uint32_t i = 0; i < c->user_count; i++) {
        if (c->users[i].id == user_id)
            return &c->users[i];
    }
    return NULL;
}

static struct sim_user *user_of(struct sim_client *c, uint64_t user_id)
{
    struct sim_user *known = (struct sim_user *)(uintptr_t)sim_client_user(c, user_id);
    if (known)
        return known;
    if (c->user_count == c->user_cap) {
        c->user_cap = c->user_cap ? 2 * c->user_cap : 16;
        c->users = realloc(c->users, c->user_cap * sizeof *c->users);
        if (!c->users)
            abort();
    }
    struct sim_user *user = &c->users[c->user_count++];
    *user = (struct sim_user){.id = user_id};
    return user;
}

static void take_info(struct sim_client *c, const struct wire_message *m)
{
    struct sim_user *user = user_of(c, m->user_id);
    user->has_info = true;
    memcpy(user->name, m->name, sizeof user->name);
    user->hue = m->hue;
}

static void take_cursors(struct sim_client *c, const struct wire_message *m)
{
    struct sim_user *user = user_of(c, m->user_id);
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

/* ---- refusals ---- */

/* The user gives the refused text up, and what he wrote behind it. */
static void give_up_pending(struct sim_client *c)
{
    require(c->has_outstanding, "refused without an edit in flight");
    forget_pending(c);
    reference_text_copy(&c->text, &c->server);
}

static void take_close(struct sim_client *c, enum error why)
{
    if (why == ERR_CANNOT_RESUME || why == ERR_BAD_REVISION)
        c->has_epoch = false;
    sim_client_cut(c);
}

void sim_client_feed(struct sim_client *c, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_WELCOME:
        take_welcome(c, m);
        break;
    case WIRE_SNAPSHOT:
        take_snapshot(c, m);
        break;
    case WIRE_HISTORY:
        take_history(c, m);
        go_live_when_caught_up(c);
        send_buffer(c);
        break;
    case WIRE_USERS:
        c->user_count = 0;
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
    case WIRE_REJECTED:
        give_up_pending(c);
        break;
    case WIRE_CLOSE:
        take_close(c, m->why);
        break;
    default:
        require(false, "a message in the wrong direction");
    }
}

/* ---- what people do ---- */

static void insert_something(struct sim_client *c, struct random *r, struct op *op)
{
    for (uint32_t count = 1 + random_below(r, 3); count > 0; count--) {
        char utf8[4];
        const uint32_t point = random_one_in(r, 4) ? 0 : unique_points_next(c->points);
        must(op_insert(op, point ? slice_of(utf8, utf8_put(point, utf8)) : slice_from_cstr(random_point(r))));
    }
    if (c->version != PAD_V1 || !random_one_in(r, 3))
        return;
    static const struct slice ends[] = {{"\r", 1}, {"\r\n", 2}, {"\n\r", 2}, {"\r\r\n", 3}, {"\n", 1}};
    const struct slice end = ends[random_below(r, 5)];
    must(op_insert_checked(op, end, (uint32_t)end.len));
    if (random_one_in(r, 2))
        must(op_insert(op, SLICE("z")));
}

void sim_client_type(struct sim_client *c, struct random *r)
{
    struct op op = {0};
    const uint32_t at = random_below(r, c->text.len + 1);
    uint32_t deleted = random_one_in(r, 3) ? random_below(r, 6) : 0;
    if (random_one_in(r, 40)) /* a large cut keeps texts small */
        deleted = c->text.len / 2;
    if (deleted > c->text.len - at)
        deleted = c->text.len - at;
    must(op_retain(&op, at));
    if (deleted == 0 || random_one_in(r, 2))
        insert_something(c, r, &op);
    must(op_delete(&op, deleted));
    must(op_retain(&op, c->text.len - at - deleted));
    for (uint32_t i = 0; i < deleted; i++)
        unique_points_deleted(c->points, c->text.points[at + i]);
    edit(c, &op);
}

void sim_client_place_carets(struct sim_client *c, struct random *r)
{
    struct wire_cursors *cursors = &wire_put(c->up, WIRE_CURSORS)->cursors;
    cursors->caret_count = random_below(r, WIRE_CARETS_MAX + 1);
    for (uint32_t i = 0; i < cursors->caret_count; i++)
        cursors->carets[i] = random_below(r, c->text.len + 3);
    cursors->has_selection = random_one_in(r, 3);
    if (cursors->has_selection)
        cursors->selection =
            (struct pad_range){random_below(r, c->text.len + 1), random_below(r, c->text.len + 1)};
}

void sim_client_rename(struct sim_client *c, struct random *r)
{
    struct wire_message *m = wire_put(c->up, WIRE_INFO);
    snprintf(m->name, sizeof m->name, "n%u", random_below(r, 10000));
    m->hue = (uint16_t)random_below(r, 360);
}

void sim_client_choose_language(struct sim_client *c, struct random *r)
{
    char name[SIM_LANGUAGE_MAX];
    snprintf(name, sizeof name, "lang%u", random_below(r, 1000));
    must(buf_append(&wire_put(c->up, WIRE_LANGUAGE)->bytes, slice_from_cstr(name)));
}

void sim_client_ping(struct sim_client *c)
{
    wire_put(c->up, WIRE_PING);
}
