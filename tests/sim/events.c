#include "sim/events.h"

#include "doc/password.h"
#include "doc/writer.h"
#include "sim/commenting.h"

enum {
    STALL_ONE_IN = 12,
    RECOVER_ONE_IN = 3,    /* looks, while the store fails */
    STOPPING_STEP_MS = 10, /* as in src/app/turn.c */
};

/* ---- who ---- */

static struct seat *any_seat(struct sim *sim)
{
    return &sim->seats[random_below(&sim->random, sim->profile.clients)];
}

static struct sim_conn *any_conn(struct sim *sim)
{
    struct link *at = sim->gateway.conns.next;
    if (list_is_empty(&sim->gateway.conns))
        return NULL;
    for (unsigned skip = random_below(&sim->random, sim->profile.clients); skip > 0; skip--)
        at = at->next;
    if (at == &sim->gateway.conns)
        at = at->next;
    return LIST_ITEM(at, struct sim_conn, link);
}

/* ---- what people, the network and the server do ---- */

static void somebody_types(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    const bool may_type = seat->client.version == PAD_V2 || seat->client.state == SIM_LIVE;
    if (may_type) /* v2 also while it is away */
        sim_client_type(&seat->client, &sim->random);
}

/* Carets are a matter of a few, or the test spends its time moving them. */
static void somebody_shows_himself(struct sim *sim)
{
    struct seat *seat =
        &sim->seats[random_below(&sim->random, sim->profile.clients < 20 ? sim->profile.clients : 20)];
    if (seat->client.state != SIM_LIVE)
        return;
    switch (random_below(&sim->random, 8)) {
    case 0:
        sim_client_rename(&seat->client, &sim->random);
        break;
    case 1:
        sim_client_choose_language(&seat->client, &sim->random);
        break;
    default:
        sim_client_place_carets(&seat->client, &sim->random);
    }
}

static void somebody_decides(struct sim *sim)
{
    sim_client_decide(&any_seat(sim)->client, &sim->random);
}

static void somebody_pings(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    if (seat->client.state == SIM_LIVE && seat->client.version == PAD_V2)
        sim_client_ping(&seat->client);
}

static void the_server_reads(struct sim *sim)
{
    for (unsigned conns = 1 + random_below(&sim->random, 4); conns > 0; conns--) {
        struct sim_conn *conn = any_conn(sim);
        for (unsigned n = 1 + random_below(&sim->random, 4); conn && n > 0; n--)
            gateway_receive(conn);
    }
}

static void some_read(struct sim *sim)
{
    for (unsigned seats = 1 + random_below(&sim->random, 6); seats > 0; seats--) {
        struct seat *seat = any_seat(sim);
        for (unsigned n = 1 + random_below(&sim->random, 16); n > 0 && seat->conn && !seat->conn->is_stalled;
             n--)
            sim_deliver(sim, seat);
    }
}

static void the_network_changes(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    if (seat->conn)
        seat->conn->is_stalled = random_one_in(&sim->random, STALL_ONE_IN);
}

static void somebody_comes(struct sim *sim)
{
    sim_connect(sim, any_seat(sim));
}

static void time_passes(struct sim *sim)
{
    static const int64_t later_ms[] = {1, 5, 20, 300, 20000};
    gateway_tick(&sim->gateway, later_ms[random_below(&sim->random, 5)]);
    if (random_one_in(&sim->random, 300)) /* long enough for pins and old history to go */
        gateway_tick(&sim->gateway, 20 * 60 * 1000);
}

static void the_turn_ends(struct sim *sim)
{
    gateway_turn(&sim->gateway);
}

/* What is carried out may be answered much later: a crash can come between. */
static void the_store_works(struct sim *sim)
{
    gateway_carry_out(&sim->gateway, 1 + random_below(&sim->random, 5));
    if (random_one_in(&sim->random, 2))
        gateway_answer(&sim->gateway);
}

static void the_store_recovers(struct sim *sim)
{
    if (!random_one_in(&sim->random, RECOVER_ONE_IN))
        return;
    gateway_set_failing(&sim->gateway, false);
    gateway_set_damaged(&sim->gateway, NULL);
}

static void somebody_changes_the_password(struct sim *sim)
{
    const struct sim_client *c = &any_seat(sim)->client;
    if (c->state != SIM_LIVE)
        return;
    struct password_change change = {.access = ACCESS_EDIT,
                                     .has_user = true,
                                     .user_id = c->user_id,
                                     .has_token = c->version == PAD_V2,
                                     .token = c->token,
                                     .password = wire_password_slice(&c->password),
                                     .is_on = !random_one_in(&sim->random, 3)};
    enum error err = gateway_change_password(&sim->gateway, c->document, &change);
    /* It may know an old password, or be taken for gone, or not be the only one. */
    if (err != OK && err != ERR_FORBIDDEN && err != ERR_NOT_PROTECTED && err != ERR_OVERLOADED)
        sim_fail(sim, error_code(err));
}

/* What was deleted may be there again, and what was typed since may not; but in all texts the same. */
static void somebody_brings_back_a_text(struct sim *sim)
{
    struct sim_document *d = &sim->documents[random_below(&sim->random, sim->profile.documents)];
    const struct document *doc = gateway_find(&sim->gateway, d->id);
    bool is_known = doc && doc->pad.committed == doc->pad.revision && rope_size(&doc->pad.text).bytes > 0;
    if (d->earlier.len > 0 && random_one_in(&sim->random, 2)) {
        gateway_bring_back(&sim->gateway, d->id, buf_slice(&d->earlier));
    } else if (is_known) {
        buf_clear(&d->earlier);
        if (rope_read(&doc->pad.text, 0, rope_size(&doc->pad.text).points, &d->earlier))
            sim_fail(sim, "no memory");
    }
}

/* From then on everybody else only reads, until he gives it back. */
static void an_owner_takes_the_pen(struct sim *sim)
{
    const struct sim_document *doc = &sim->documents[random_below(&sim->random, sim->profile.documents)];
    gateway_hold_pen(&sim->gateway, doc->id, random_one_in(&sim->random, 4));
}

/* ---- trouble ---- */

/* All its clients hang up, and the server notices. */
static void everybody_goes(struct sim *sim, const struct sim_document *doc)
{
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        if (sim_is_in(&sim->seats[i], doc))
            sim_hang_up(sim, &sim->seats[i]);
    }
    LIST_EACH (at, next, &sim->gateway.conns) {
        struct sim_conn *conn = LIST_ITEM(at, struct sim_conn, link);
        while (!conn->has_client && gateway_receive(conn))
            ;
    }
    sim_notice_dead(sim);
}

/* Nobody came in between: it has to leave memory, unless it cannot be written. */
static void it_is_evicted(struct sim *sim, const struct sim_document *doc)
{
    for (unsigned i = 0; i < 3; i++) {
        sim_answer_everything(sim);
        gateway_tick(&sim->gateway, 2 * SIM_MINUTE_MS);
    }
    sim_answer_everything(sim);
    bool is_damaged = slice_equal(sim->gateway.store.tables.bad, slice_from_cstr(doc->id));
    if (!sim->gateway.store.is_failing && !is_damaged && gateway_find(&sim->gateway, doc->id))
        sim_fail(sim, "a document that nobody is in does not leave memory");
}

/* Some come back before it is written and gone. */
static void some_come_back(struct sim *sim, const struct sim_document *doc)
{
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        if (sim_is_in(&sim->seats[i], doc) && random_one_in(&sim->random, 4))
            sim_connect(sim, &sim->seats[i]);
    }
}

static void a_document_is_left(struct sim *sim)
{
    const struct sim_document *doc = &sim->documents[random_below(&sim->random, sim->profile.documents)];
    everybody_goes(sim, doc);
    gateway_tick(&sim->gateway, WRITER_LINGER_MS); /* whoever wrote over HTTP is there for so long */
    gateway_tick(&sim->gateway, SIM_RETENTION_MS + SIM_MINUTE_MS);
    if (random_one_in(&sim->random, 2))
        it_is_evicted(sim, doc);
    else
        some_come_back(sim, doc);
}

/* Perhaps everybody has gone, perhaps the machine was asleep with people in it. */
static void a_day_passes(struct sim *sim)
{
    const struct sim_document *doc = &sim->documents[random_below(&sim->random, sim->profile.documents)];
    if (random_one_in(&sim->random, 2))
        everybody_goes(sim, doc);
    sim->gateway.store.now_ms += SIM_EXPIRY_MS + 2 * SIM_SECOND_MS;
    gateway_search_expired(&sim->gateway);
}

/* He may be back before the server knows that he was gone. */
static void somebody_loses_the_network(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    sim_hang_up(sim, seat);
    if (random_one_in(&sim->random, 2))
        sim_connect(sim, seat);
}

/* Its record is what another process finds. */
static void a_client_dies(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    if (seat->client.version == PAD_V1)
        return;
    sim_hang_up(sim, seat);
    sim_client_restart(&seat->client);
}

static void the_server_dies(struct sim *sim)
{
    gateway_crash(&sim->gateway);
}

static void the_store_fails(struct sim *sim)
{
    if (random_one_in(&sim->random, 2))
        gateway_set_failing(&sim->gateway, true);
    else
        gateway_set_damaged(&sim->gateway,
                            sim->documents[random_below(&sim->random, sim->profile.documents)].id);
}

void sim_restart_server(struct sim *sim)
{
    gateway_stop(&sim->gateway);
    for (unsigned rounds = 0; !gateway_is_written(&sim->gateway); rounds++) {
        if (rounds > 1000)
            sim_fail(sim, "the server does not stop");
        if (rounds > 50) {
            gateway_set_failing(&sim->gateway, false);
            gateway_set_damaged(&sim->gateway, NULL);
        }
        gateway_tick(&sim->gateway, STOPPING_STEP_MS);
        somebody_types(sim);
        the_server_reads(sim);
        gateway_turn(&sim->gateway);
        the_store_works(sim);
        some_read(sim);
        sim_check(sim);
    }
    gateway_restart(&sim->gateway);
}

static void trouble(struct sim *sim)
{
    const struct profile *p = &sim->profile;
    const struct {
        unsigned chance;
        void (*happens)(struct sim *);
    } troubles[] = {
        {p->crash, the_server_dies},
        {p->evict, a_document_is_left},
        {p->cut, somebody_loses_the_network},
        {p->outage, the_store_fails},
        {p->restart, sim_restart_server},
        {p->expire, a_day_passes},
        {p->password, somebody_changes_the_password},
        {p->die, a_client_dies},
        {p->pen, an_owner_takes_the_pen},
        {p->bring_back, somebody_brings_back_a_text},
    };
    unsigned dice = random_below(&sim->random, 10000);
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        if (dice < troubles[i].chance) {
            troubles[i].happens(sim);
            return;
        }
        dice -= troubles[i].chance;
    }
}

void sim_step(struct sim *sim)
{
    static const struct {
        unsigned weight;
        void (*happens)(struct sim *);
    } events[] = {
        {20, somebody_types},  {6, somebody_shows_himself}, {2, somebody_pings},  {40, the_server_reads},
        {60, some_read},       {3, the_network_changes},    {8, somebody_comes},  {6, time_passes},
        {10, the_turn_ends},   {8, the_store_works},        {1, sim_notice_dead}, {1, the_store_recovers},
        {2, somebody_decides}, {2, somebody_comments},
    };
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        sum += events[i].weight;
    unsigned dice = random_below(&sim->random, sum);
    size_t i = 0;
    for (; dice >= events[i].weight; i++)
        dice -= events[i].weight;
    events[i].happens(sim);
    trouble(sim);
    sim->steps++;
    sim_check(sim);
}
