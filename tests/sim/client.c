#include "sim/client.h"

#include "sim/client_private.h"

#include <stdio.h>
#include <string.h>

void client_require(bool belief, const char *what)
{
    if (belief)
        return;
    printf("client: %s\n", what);
    fflush(stdout);
    abort();
}

void sim_client_init(struct sim_client *c, enum pad_version version, bool reads, struct id128 token,
                     const char *document, struct unique_points *points, const int64_t *now_ms)
{
    *c = (struct sim_client){
        .version = version, .token = token, .document = document, .points = points, .now_ms = now_ms};
    c->v2.reads = reads;
    if (version == PAD_V2)
        v2_init(c);
}

void sim_client_deinit(struct sim_client *c)
{
    reference_text_deinit(&c->server);
    reference_text_deinit(&c->text);
    op_deinit(&c->v1.outstanding);
    op_deinit(&c->v1.buffer);
    free(c->users);
    v2_deinit(c);
}

void sim_client_connect(struct sim_client *c, struct wire_pipe *up)
{
    c->up = up;
    c->state = SIM_JOINING;
    if (c->version == PAD_V1)
        v1_connect(c);
    else
        v2_connect(c);
}

void sim_client_cut(struct sim_client *c)
{
    c->state = SIM_AWAY;
    if (c->version == PAD_V2)
        v2_cut(c);
    c->up = NULL;
}

void sim_client_feed(struct sim_client *c, const struct wire_message *m)
{
    (c->version == PAD_V1 ? v1_feed : v2_feed)(c, m);
}

void sim_client_look(struct sim_client *c)
{
    if (c->version == PAD_V2)
        v2_look(c);
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

struct sim_user *client_user_of(struct sim_client *c, uint64_t user_id)
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

/* ---- what people do ---- */

static void insert_something(struct sim_client *c, struct random *r, struct op *op)
{
    for (uint32_t count = 1 + random_below(r, 3); count > 0; count--) {
        char utf8[4];
        const uint32_t point = random_one_in(r, 4) ? 0 : unique_points_next(c->points);
        client_must(
            op_insert(op, point ? slice_of(utf8, utf8_put(point, utf8)) : slice_from_cstr(random_point(r))));
    }
    if (c->version != PAD_V1 || !random_one_in(r, 3))
        return;
    static const struct slice ends[] = {{"\r", 1}, {"\r\n", 2}, {"\n\r", 2}, {"\r\r\n", 3}, {"\n", 1}};
    const struct slice end = ends[random_below(r, 5)];
    client_must(op_insert_checked(op, end, (uint32_t)end.len));
    if (random_one_in(r, 2))
        client_must(op_insert(op, SLICE("z")));
}

void sim_client_type(struct sim_client *c, struct random *r)
{
    if (c->version == PAD_V2 && random_one_in(r, 3))
        v2_open_stale_editor(c);
    struct op op = {0};
    const uint32_t at = random_below(r, c->text.len + 1);
    uint32_t deleted = random_one_in(r, 3) ? random_below(r, 6) : 0;
    if (random_one_in(r, 40)) /* a large cut keeps texts small */
        deleted = c->text.len / 2;
    if (deleted > c->text.len - at)
        deleted = c->text.len - at;
    client_must(op_retain(&op, at));
    if (deleted == 0 || random_one_in(r, 2))
        insert_something(c, r, &op);
    client_must(op_delete(&op, deleted));
    client_must(op_retain(&op, c->text.len - at - deleted));
    for (uint32_t i = 0; i < deleted; i++)
        unique_points_deleted(c->points, c->text.points[at + i]);
    reference_text_apply(&c->text, op_view(&op));
    (c->version == PAD_V1 ? v1_edit : v2_edit)(c, &op);
}

static void place_v2_carets(struct sim_client *c, const struct wire_cursors *cursors)
{
    struct places places = {.caret_count = cursors->caret_count, .selection_count = cursors->has_selection};
    memcpy(places.carets, cursors->carets, sizeof cursors->carets);
    places.selections[0] = (struct selection){cursors->selection.anchor, cursors->selection.head};
    client_set_places(c->v2.machine, &places);
    v2_pump(c);
}

void sim_client_place_carets(struct sim_client *c, struct random *r)
{
    struct wire_cursors cursors = {.caret_count = random_below(r, WIRE_CARETS_MAX + 1)};
    for (uint32_t i = 0; i < cursors.caret_count; i++)
        cursors.carets[i] = random_below(r, c->text.len + 3);
    cursors.has_selection = random_one_in(r, 3);
    if (cursors.has_selection)
        cursors.selection =
            (struct pad_range){random_below(r, c->text.len + 1), random_below(r, c->text.len + 1)};
    if (c->version == PAD_V1)
        wire_put(c->up, WIRE_CURSORS)->cursors = cursors;
    else if (!c->v2.is_file)
        place_v2_carets(c, &cursors);
}

void sim_client_rename(struct sim_client *c, struct random *r)
{
    char name[WIRE_NAME_MAX];
    const uint16_t hue = (uint16_t)random_below(r, 360);
    snprintf(name, sizeof name, "n%u", random_below(r, 10000));
    if (c->version == PAD_V2) {
        client_must(client_set_info(c->v2.machine, slice_from_cstr(name), hue));
        v2_pump(c);
        return;
    }
    struct wire_message *m = wire_put(c->up, WIRE_INFO);
    memcpy(m->name, name, sizeof name);
    m->hue = hue;
}

void sim_client_choose_language(struct sim_client *c, struct random *r)
{
    char name[SIM_LANGUAGE_MAX];
    snprintf(name, sizeof name, "lang%u", random_below(r, 1000));
    if (c->version == PAD_V2) {
        client_must(client_set_language(c->v2.machine, slice_from_cstr(name)));
        v2_pump(c);
        return;
    }
    client_must(buf_append(&wire_put(c->up, WIRE_LANGUAGE)->bytes, slice_from_cstr(name)));
}

void sim_client_ping(struct sim_client *c)
{
    client_connect_now(c->v2.machine); /* it asks whether the server is still there */
    v2_pump(c);
}

void sim_client_learn_password(struct sim_client *c, struct wire_password password)
{
    c->password = password;
    if (c->version == PAD_V2)
        client_must(client_set_password(c->v2.machine, wire_password_slice(&password)));
}
