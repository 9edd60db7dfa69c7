#include "sim/outcome.h"

#include "sim/commenting.h"

#include "support/unit.h"

/* ---- everything arrives ---- */

static bool is_quiet(struct sim *sim)
{
    bool quiet = gateway_is_quiet(&sim->gateway);
    for (unsigned i = 0; i < sim->profile.clients && quiet; i++)
        quiet = sim->seats[i].conn && sim_client_is_synchronised(&sim->seats[i].client);
    return quiet;
}

void sim_settle(struct sim *sim)
{
    struct gateway *g = &sim->gateway;
    gateway_set_failing(g, false);
    gateway_set_damaged(g, NULL);
    sim_notice_dead(sim);
    for (unsigned rounds = 0; !is_quiet(sim); rounds++) {
        if (rounds > 10000)
            sim_fail(sim, "it does not come to rest");
        for (unsigned i = 0; i < sim->profile.clients; i++) {
            sim_connect(sim, &sim->seats[i]);
            while (sim->seats[i].conn && sim->seats[i].conn->down.count > 0)
                sim_deliver(sim, &sim->seats[i]);
        }
        LIST_EACH (at, next, &g->conns) {
            while (gateway_receive(LIST_ITEM(at, struct sim_conn, link)))
                ;
        }
        for (unsigned i = 0; i < sim->profile.clients; i++)
            sim_client_decide(&sim->seats[i].client, &sim->random);
        gateway_turn(g);
        sim_answer_everything(sim);
        gateway_tick(g, 20);
        gateway_turn(g);
        sim_notice_dead(sim);
        sim_check(sim);
    }
}

/* ---- all is the same ---- */

static void compare_texts(struct sim *sim, struct sim_document *d)
{
    const struct pad *pad = &gateway_find(&sim->gateway, d->id)->pad;
    struct buf bytes = {0};
    struct reference_text text = {0};
    char what[100];
    assert_int_equal(rope_read(&pad->text, 0, rope_size(&pad->text).points, &bytes), OK);
    reference_text_append_utf8(&text, buf_slice(&bytes));
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        struct sim_client *c = &sim->seats[i].client;
        if (!sim_is_in(&sim->seats[i], d))
            continue;
        sim_client_look(c);
        if (!reference_text_equal(&c->text, &text) || !reference_text_equal(&c->server, &text))
            sim_fail(sim, "a client has another text");
    }
    bool acked_must_stay = !sim->profile.is_lazy || sim->profile.crash == 0;
    /* What is brought back may stand in a file as well that was saved from an older text. */
    bool is_typed_once = sim->profile.bring_back == 0;
    if (is_typed_once && unique_points_find_violation(&d->points, &text, acked_must_stay, what, sizeof what))
        sim_fail(sim, what);
    reference_text_deinit(&text);
    buf_deinit(&bytes);
}

static bool knows_truly(const struct sim_client *c, struct pad_peer *peer)
{
    const struct sim_user *user = sim_client_user(c, peer->user_id);
    const bool is_visible = peer->has_info || peer->cursors_item.changed;
    /* Who has no name is not in Users: v2 knows of him when he moves a caret. */
    if (!user && c->version == PAD_V2 && !peer->has_info)
        return true;
    if (!user || !is_visible)
        return !user == !is_visible;
    /* As they are shown: v1 clients are told carets behind the text, too. */
    struct wire_cursors now = wire_cursors_of(pad_cursors_now(peer)), known = user->cursors;
    wire_cursors_clamp(&now, pad_carets_end(peer->pad));
    wire_cursors_clamp(&known, pad_carets_end(peer->pad));
    const bool knows_cursors = peer->cursors_item.changed > 0;
    if (user->has_info != peer->has_info || (c->version == PAD_V1 && user->has_cursors != knows_cursors))
        return false;
    if (peer->has_info && (user->hue != peer->hue || strlen(user->name) != peer->name.len ||
                           memcmp(user->name, peer->name.ptr, peer->name.len) != 0))
        return false;
    return now.caret_count == known.caret_count && now.has_selection == known.has_selection &&
           memcmp(now.carets, known.carets, now.caret_count * sizeof *now.carets) == 0 &&
           (!now.has_selection ||
            (now.selection.anchor == known.selection.anchor && now.selection.head == known.selection.head));
}

static unsigned count_known(struct sim *sim, const struct sim_client *c, struct pad *pad)
{
    unsigned known = 0;
    LIST_EACH (at, next, &pad->peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (pad_find_user(pad, peer->user_id) != peer)
            sim_fail(sim, "two people have one number");
        if (peer->user_id != c->user_id && !knows_truly(c, peer))
            sim_fail(sim, "a client sees somebody as he is not");
        known += sim_client_user(c, peer->user_id) != NULL;
    }
    return known;
}

static void compare_people(struct sim *sim, const struct sim_document *d)
{
    struct pad *pad = &gateway_find(&sim->gateway, d->id)->pad;
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        const struct sim_client *c = &sim->seats[i].client;
        if (!sim_is_in(&sim->seats[i], d))
            continue;
        if (count_known(sim, c, pad) != c->user_count)
            sim_fail(sim, "a client sees somebody who is not there");
        if (!slice_equal(slice_from_cstr(c->language), pad->language))
            sim_fail(sim, "a client shows another language");
        if (!slice_equal(wire_password_slice(&c->password), pad->password))
            sim_fail(sim, "a client knows another password");
    }
}

void sim_compare(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.documents; i++) {
        compare_texts(sim, &sim->documents[i]);
        compare_people(sim, &sim->documents[i]);
    }
    commenting_compare(sim);
}
