/* A v2 client: src/client, and the program around it. */
#include "client/client_private.h"
#include "sim/client_private.h"

#include <stdio.h>
#include <string.h>

enum {
    LEARN_ONE_IN = 6,              /* learns the order by author with its second connection */
    SHOW_LATE_ONE_IN = 3,          /* is not shown at once what others did */
    TRY_AGAIN_ONE_IN = 4,          /* sends what was refused once more as it is */
    REFUSED_TAKEN_BACK_ONE_IN = 5, /* at an event */
};

static struct client *machine_of(const struct sim_client *c)
{
    return c->v2.machine;
}

/* ---- what it says ---- */

static void v2_write_record(struct sim_client *c)
{
    buf_clear(&c->v2.record);
    if (c->v2.is_file)
        client_must(mirror_write(&c->v2.mirror, &c->v2.record));
    else
        client_must(client_write(machine_of(c), &c->v2.record));
}

/* A record is written down before an edit is sent. */
void v2_pump(struct sim_client *c)
{
    struct client_output out;
    while (c->up && client_next_output(machine_of(c), &out)) {
        if (out.is_edit)
            v2_write_record(c);
        client_must(buf_append(&wire_put(c->up, WIRE_TEXT)->bytes, out.json));
    }
    client_require(!client_is_broken(machine_of(c)), "it is broken");
}

/* ---- a file ---- */

enum { NOT_WRITTEN_ONE_IN = 5 };

static void encode_text(const struct reference_text *text, struct buf *out)
{
    buf_clear(out);
    for (uint32_t i = 0; i < text->len; i++) {
        char utf8[4];
        client_must(buf_append(out, slice_of(utf8, utf8_put(text->points[i], utf8))));
    }
}

static bool file_is_known(const struct sim_client *c)
{
    struct buf file = {0};
    encode_text(&c->text, &file);
    const bool is_known =
        c->v2.mirror.has_met && slice_equal(buf_slice(&file), buf_slice(&c->v2.mirror.file));
    buf_deinit(&file);
    return is_known;
}

/* Its user gives up what he had in the file where the pad has a text of its own. */
static void meet(struct sim_client *c, struct slice file)
{
    enum mirror_verdict verdict;
    client_must(mirror_meet(&c->v2.mirror, file, &verdict));
    if (verdict != MIRROR_DIFFERENT && verdict != MIRROR_TOO_LARGE)
        return;
    reference_text_clear(&c->text);
    client_must(mirror_meet(&c->v2.mirror, SLICE(""), &verdict));
    client_require(verdict == MIRROR_SAME, "an empty file does not do");
}

static void notice_file(struct sim_client *c)
{
    struct buf file = {0};
    enum mirror_verdict verdict = MIRROR_SAME;
    encode_text(&c->text, &file);
    const struct slice text = slice_of(file.ptr ? file.ptr : "", file.len);
    if (!c->v2.mirror.has_met && client_is_loaded(machine_of(c)))
        meet(c, text);
    else if (c->v2.mirror.has_met)
        client_must(mirror_saved(&c->v2.mirror, text, *c->now_ms, &verdict));
    if (c->v2.mirror.has_met && verdict == MIRROR_TOO_LARGE) { /* its user goes back to what was there */
        reference_text_clear(&c->text);
        reference_text_append_utf8(&c->text, buf_slice(&c->v2.mirror.file));
    }
    buf_deinit(&file);
}

/* A record is written before the file is; the write itself may come to nothing. */
static void write_file(struct sim_client *c)
{
    struct buf text = {0};
    client_must(mirror_begin_write(&c->v2.mirror, &text));
    v2_write_record(c);
    if (file_is_known(c) && ++c->v2.fed % NOT_WRITTEN_ONE_IN) {
        reference_text_copy(&c->v2.read, &c->text);
        c->v2.read_until_ms = *c->now_ms + MIRROR_MOMENT_MS;
        reference_text_clear(&c->text);
        reference_text_append_utf8(&c->text, buf_slice(&text));
        mirror_wrote(&c->v2.mirror, &text, *c->now_ms);
    }
    buf_deinit(&text);
}

/* Sometimes the file is written to before its last save was noticed. */
void v2_mirror(struct sim_client *c)
{
    if (++c->v2.fed % 2 || !mirror_must_write(&c->v2.mirror))
        notice_file(c);
    if (mirror_must_write(&c->v2.mirror))
        write_file(c);
}

static bool has_point(const struct reference_text *text, uint32_t point)
{
    uint32_t i = 0;
    while (i < text->len && text->points[i] != point)
        i++;
    return i < text->len;
}

void v2_open_stale_editor(struct sim_client *c)
{
    if (!c->v2.is_file || *c->now_ms >= c->v2.read_until_ms || !file_is_known(c))
        return;
    /* That a save is stale can be told where it shares no letter with what came: see
     * mirror_test. Here the letters are few, so it may be taken for a new one: what it lacks is
     * lost then, and what others have deleted is put in again. It is there twice where their deletion
     * comes to nothing in a crash, or somebody else puts it in, too. */
    for (uint32_t i = 0; i < c->text.len; i++)
        unique_points_deleted(c->points, c->text.points[i]);
    for (uint32_t i = 0; i < c->v2.read.len; i++) {
        if (!has_point(&c->text, c->v2.read.points[i]))
            unique_points_brought_back(c->points, c->v2.read.points[i]);
    }
    reference_text_copy(&c->text, &c->v2.read);
    c->v2.is_stale = true;
}

/* ---- what it shows ---- */

static void show(struct sim_client *c)
{
    if (c->v2.is_file) {
        v2_mirror(c);
        return;
    }
    struct op change = {0};
    bool has_change;
    client_must(client_take_change(machine_of(c), &change, &has_change));
    if (has_change)
        reference_text_apply(&c->text, op_view(&change));
    op_deinit(&change);
}

static void note_link(struct sim_client *c)
{
    const struct client *machine = machine_of(c);
    c->user_id = client_user_id(machine);
    c->state = machine->replica.link == REPLICA_UP ? SIM_LIVE : c->up ? SIM_JOINING : SIM_AWAY;
    c->password = wire_password_of(client_password(machine));
}

static void read_rope(const struct rope *rope, struct reference_text *out)
{
    struct buf bytes = {0};
    client_must(rope_read(rope, 0, rope_size(rope).points, &bytes));
    reference_text_clear(out);
    reference_text_append_utf8(out, buf_slice(&bytes));
    buf_deinit(&bytes);
}

static void look_at_person(struct sim_client *c, const struct person *person)
{
    struct sim_user *user = client_user_of(c, person->user_id);
    const struct places *places = &person->places;
    *user = (struct sim_user){.id = person->user_id, .has_info = person->has_info, .hue = person->hue};
    snprintf(user->name, sizeof user->name, "%.*s", (int)person->name_bytes, person->name);
    user->has_cursors = true; /* or they are known to be none */
    user->cursors.caret_count = places->caret_count;
    memcpy(user->cursors.carets, places->carets, sizeof user->cursors.carets);
    user->cursors.has_selection = places->selection_count > 0;
    if (user->cursors.has_selection)
        user->cursors.selection =
            (struct pad_range){places->selections[0].anchor, places->selections[0].head};
}

void v2_look(struct sim_client *c)
{
    const struct client *machine = machine_of(c);
    const struct slice language = client_language(machine);
    struct reference_text text = {0};
    show(c);
    client_require(!c->v2.is_file || !mirror_must_write(&c->v2.mirror), "the file is behind");
    note_link(c);
    read_rope(client_text(machine), &text);
    client_require(reference_text_equal(&text, &c->text), "what is shown is not the text");
    reference_text_deinit(&text);
    read_rope(client_server_text(machine), &c->server);
    snprintf(c->language, sizeof c->language, "%.*s", (int)language.len, language.len ? language.ptr : "");
    c->user_count = 0;
    for (size_t i = 0; i < client_people_count(machine); i++) {
        const struct person person = client_person(machine, i);
        look_at_person(c, &person);
    }
}

/* ---- life ---- */

static void on_entry(void *owner, const struct incoming_entry *entry, uint64_t revision, bool is_mine)
{
    struct sim_client *c = owner;
    (void)revision;
    if (is_mine)
        unique_points_acked(c->points, entry->op);
}

static void begin(struct sim_client *c)
{
    const struct client_config config = {
        .token = c->token,
        .password = wire_password_slice(&c->password),
        .link = c->v2.reads ? SLICE("a-link-that-only-reads") : (struct slice){0},
        .name = SLICE("tab"),
        .hue = c->token.bytes[0],
        .seed = c->token.bytes[0],
        .timing = {.edit_ms = -1, .places_ms = -1},
        .by_text = c->v2.by_text,
        .follows_comments = c->token.bytes[0] % 2 == 0,
        .on_entry = on_entry,
        .owner_of_entries = c,
    };
    client_must(client_new(&config, &c->v2.machine));
    client_advance(machine_of(c), *c->now_ms);
    mirror_init(&c->v2.mirror, machine_of(c));
}

void v2_init(struct sim_client *c)
{
    c->v2.by_text = c->token.bytes[0] % 3 == 0;
    c->v2.is_file = c->token.bytes[0] % 5 == 1;
    begin(c);
}

void v2_deinit(struct sim_client *c)
{
    mirror_deinit(&c->v2.mirror);
    reference_text_deinit(&c->v2.read);
    client_free(c->v2.machine);
    buf_deinit(&c->v2.record);
    op_deinit(&c->v2.inflight);
}

void sim_client_restart(struct sim_client *c)
{
    mirror_deinit(&c->v2.mirror);
    client_free(c->v2.machine);
    c->v2.life++;
    if (c->v2.record.len == 0) /* nobody knows it: a token of its own */
        memcpy(&c->token.bytes[4], &c->v2.life, sizeof c->v2.life);
    begin(c);
    if (c->v2.is_file && c->v2.record.len > 0) {
        client_must(mirror_read(&c->v2.mirror, buf_slice(&c->v2.record), *c->now_ms));
        notice_file(c);
    } else if (!c->v2.is_file) {
        if (c->v2.record.len > 0)
            client_must(client_read(machine_of(c), buf_slice(&c->v2.record)));
        read_rope(client_text(machine_of(c)), &c->text);
    }
    note_link(c);
}

void v2_connect(struct sim_client *c)
{
    struct client *machine = machine_of(c);
    if (c->v2.will_learn)
        machine->by_text = c->v2.by_text = false;
    c->v2.will_learn = c->token.bytes[0] % LEARN_ONE_IN == 0;
    client_advance(machine, *c->now_ms);
    client_connect_now(machine);
    c->v2.connection = client_connection(machine);
    client_connected(machine, c->v2.connection);
    v2_pump(c);
    note_link(c);
}

void v2_cut(struct sim_client *c)
{
    client_disconnected(machine_of(c), c->v2.connection, 0, (struct slice){0});
}

bool sim_client_gives_up(struct sim_client *c)
{
    if (c->version == PAD_V1)
        return false;
    client_advance(machine_of(c), *c->now_ms);
    v2_pump(c);
    note_link(c);
    return c->up && client_connection(machine_of(c)) != c->v2.connection;
}

/* ---- what happens ---- */

/* A snapshot may hold the edit in flight: then it was acknowledged, and no entry says so. */
static void feed_text(struct sim_client *c, struct slice json)
{
    struct client *machine = machine_of(c);
    const struct replica *replica = &machine->replica;
    const uint64_t revision = replica->revision;
    const bool may_land = replica->link == REPLICA_JOINING && replica->has_committed;
    if (client_link(machine) == CLIENT_DOWN)
        return; /* it has given up, and this was under way */
    if (may_land)
        client_must(op_copy(&c->v2.inflight, op_view(&replica->unsent.at[UNSENT_INFLIGHT].op)));
    client_receive(machine, c->v2.connection, json);
    const bool is_down = client_link(machine) == CLIENT_DOWN;
    if (is_down && client_trouble(machine).reason == CLOSING_FORBIDDEN)
        return; /* a language that it may not set: it comes again (on_rejected in src/client) */
    client_require(!is_down, client_trouble(machine).words.len ? "it does not understand the server"
                                                               : "the two are out of step");
    if (may_land && !replica->has_committed && replica->link == REPLICA_UP && replica->revision != revision)
        unique_points_acked(c->points, op_view(&c->v2.inflight));
}

void v2_feed(struct sim_client *c, const struct wire_message *m)
{
    client_advance(machine_of(c), *c->now_ms);
    if (m->kind == WIRE_TEXT) {
        feed_text(c, buf_slice(&m->bytes));
    } else {
        client_require(m->kind == WIRE_CLOSE, "a message of v1");
        client_disconnected(machine_of(c), c->v2.connection, (unsigned)error_ws_close(m->why),
                            slice_from_cstr(error_text(m->why)));
        c->up = NULL;
    }
    if (++c->v2.fed % SHOW_LATE_ONE_IN)
        show(c);
    v2_pump(c);
    note_link(c);
}

void v2_edit(struct sim_client *c, struct op *op)
{
    if (!c->v2.is_file)
        client_must(client_edit(machine_of(c), op_view(op)));
    else if (c->v2.is_stale) /* such a save is seen at once, or it is taken for a new one */
        notice_file(c);
    else if (++c->v2.fed % SHOW_LATE_ONE_IN)
        v2_mirror(c);
    c->v2.is_stale = false;
    op_deinit(op);
    v2_pump(c);
}

void sim_client_decide(struct sim_client *c, struct random *r)
{
    if (c->version == PAD_V2 && c->v2.is_file)
        v2_mirror(c);
    if (c->version == PAD_V1 || !client_refusal(machine_of(c)))
        return;
    if (random_one_in(r, TRY_AGAIN_ONE_IN))
        client_must(client_retry_refused(machine_of(c)));
    else
        client_must(client_undo_refused(machine_of(c)));
    v2_pump(c);
}

bool sim_client_is_synchronised(const struct sim_client *c)
{
    if (c->version == PAD_V1)
        return c->state == SIM_LIVE && !c->v1.has_outstanding && !c->v1.has_buffer;
    if (c->v2.is_file && (mirror_must_write(&c->v2.mirror) || !file_is_known(c)))
        return false;
    return c->state == SIM_LIVE && client_unsaved(machine_of(c)) == 0;
}
