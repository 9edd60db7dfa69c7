/* link: kp_pad kp_alloc sim */
/* A pad, hundreds of clients, a network that stalls and cuts, a storage that
 * commits late, a server that dies: in one process, from one seed.
 *
 * In the end everything is delivered, and then
 *   - all texts are the pad's,
 *   - no mark is there twice, and each that was acknowledged and not deleted
 *     is there (but for a server that runs without a journal and dies),
 *   - everyone sees everyone's name, colour and carets as they are.
 *
 * KP_SEED replays a run, KP_SIM_RUNS makes more of each. */
#include "sim/client.h"
#include "sim/gateway.h"
#include "support/unit.h"

enum { STALL_ONE_IN = 12, SILENT_TABS = 4 };

/* What a run is like. The chances are in 10,000 steps. */
struct profile {
    const char *name;
    unsigned clients, steps;
    unsigned v1_percent;
    unsigned crash, cut, evict;
    uint32_t document_bytes, history_bytes, v1_history_bytes, uncommitted_bytes;
    unsigned outbox_max;
    bool is_lazy; /* without a journal: a crash takes back what was seen */
};

/* A client and the connection it holds. */
struct seat {
    struct sim_client client;
    struct sim_conn *conn; /* NULL: away */
};

struct sim {
    struct random random;
    struct profile profile;
    struct gateway gateway;
    struct marks marks;
    struct seat *seats;
    uint64_t steps;
};

static void fail_run(const struct sim *sim, const char *what)
{
    fail_msg("%s, step %llu: %s", sim->profile.name, (unsigned long long)sim->steps, what);
}

static void check(const struct sim *sim)
{
    const char *wrong = pad_check(&sim->gateway.pad);
    if (wrong)
        fail_run(sim, wrong);
}

static struct seat *any_seat(struct sim *sim)
{
    return &sim->seats[random_below(&sim->random, sim->profile.clients)];
}

/* ---- the network ---- */

static void connect(struct sim *sim, struct seat *seat)
{
    if (seat->conn)
        return;
    seat->conn = gateway_accept(&sim->gateway);
    sim_client_connect(&seat->client, &seat->conn->up);
}

/* The client gives its connection up; the gateway may get some of what is
 * still on the way, and notices later. */
static void hang_up(struct sim *sim, struct seat *seat)
{
    if (!seat->conn)
        return;
    wire_cut(&seat->conn->up, random_below(&sim->random, seat->conn->up.count + 1));
    wire_cut(&seat->conn->down, 0);
    seat->conn->has_client = false;
    seat->conn = NULL;
    sim_client_cut(&seat->client);
}

static void deliver_down(struct sim *sim, struct seat *seat)
{
    struct sim_conn *conn = seat->conn;
    struct wire_message *m = conn ? wire_take(&conn->down) : NULL;
    if (!m)
        return;
    sim_client_feed(&seat->client, m);
    if (m->kind == WIRE_WELCOME && seat->client.version == PAD_V1 && random_one_in(&sim->random, 3))
        sim_client_type(&seat->client, &sim->random); /* before it has seen any text */
    if (m->kind == WIRE_CLOSE) {
        seat->conn = NULL;
        gateway_drop(&sim->gateway, conn);
    }
    wire_free(m);
}

static void notice_dead_conns(struct sim *sim)
{
    LIST_EACH (at, next, &sim->gateway.conns) {
        struct sim_conn *conn = LIST_ITEM(at, struct sim_conn, link);
        if (!conn->has_client && conn->up.count == 0)
            gateway_drop(&sim->gateway, conn);
    }
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

/* ---- what may happen in a step ---- */

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
            gateway_receive(&sim->gateway, conn);
    }
}

static void some_read(struct sim *sim)
{
    for (unsigned seats = 1 + random_below(&sim->random, 6); seats > 0; seats--) {
        struct seat *seat = any_seat(sim);
        for (unsigned n = 1 + random_below(&sim->random, 16); n > 0 && seat->conn && !seat->conn->is_stalled;
             n--)
            deliver_down(sim, seat);
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
    connect(sim, any_seat(sim));
}

static void time_passes(struct sim *sim)
{
    static const int64_t later_ms[] = {1, 5, 20, 300, 20000};
    gateway_tick(&sim->gateway, later_ms[random_below(&sim->random, 5)]);
    if (random_one_in(&sim->random, 300)) /* long enough for pins and old history to go */
        gateway_tick(&sim->gateway, 20 * 60 * 1000);
}

static void storage_works(struct sim *sim)
{
    gateway_journal(&sim->gateway);
    if (random_one_in(&sim->random, 2))
        gateway_commit(&sim->gateway, 1 + random_below(&sim->random, 5));
    gateway_tell(&sim->gateway);
}

static void the_row_is_written(struct sim *sim)
{
    if (random_one_in(&sim->random, 10))
        gateway_snapshot(&sim->gateway, random_below(&sim->random, 60));
}

static void everybody_goes_and_it_is_evicted(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.clients; i++)
        hang_up(sim, &sim->seats[i]);
    while (!list_is_empty(&sim->gateway.conns)) {
        LIST_EACH (at, next, &sim->gateway.conns)
            gateway_receive(&sim->gateway, LIST_ITEM(at, struct sim_conn, link));
        notice_dead_conns(sim);
    }
    gateway_evict(&sim->gateway);
}

/* He may be back before the server knows that he was gone. */
static void somebody_loses_the_network(struct sim *sim)
{
    struct seat *seat = any_seat(sim);
    hang_up(sim, seat);
    if (random_one_in(&sim->random, 2))
        connect(sim, seat);
}

static void trouble(struct sim *sim)
{
    const struct profile *p = &sim->profile;
    const unsigned dice = random_below(&sim->random, 10000);
    if (dice < p->crash)
        gateway_crash(&sim->gateway);
    else if (dice < p->crash + p->evict)
        everybody_goes_and_it_is_evicted(sim);
    else if (dice < p->crash + p->evict + p->cut)
        somebody_loses_the_network(sim);
}

static void step(struct sim *sim)
{
    static const struct {
        unsigned weight;
        void (*happens)(struct sim *);
    } events[] = {
        {20, somebody_types}, {6, somebody_shows_himself}, {2, somebody_pings},     {40, the_server_reads},
        {60, some_read},      {3, the_network_changes},    {4, somebody_comes},     {6, time_passes},
        {10, storage_works},  {1, notice_dead_conns},      {1, the_row_is_written},
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
    check(sim);
}

/* ---- the end ---- */

static bool is_quiet(const struct sim *sim)
{
    const struct gateway *g = &sim->gateway;
    bool quiet = g->pad.committed == g->pad.revision && list_is_empty(&g->writes) && !g->pad.cursors_pending;
    for (unsigned i = 0; i < sim->profile.clients && quiet; i++) {
        const struct seat *seat = &sim->seats[i];
        quiet = seat->conn && sim_client_is_synchronised(&seat->client) && seat->conn->up.count == 0 &&
                seat->conn->down.count == 0 && seat->conn->is_welcomed && !pad_peer_lacks(&seat->conn->peer);
    }
    return quiet;
}

/* Nobody types any more, and everything arrives. */
static void settle(struct sim *sim)
{
    struct gateway *g = &sim->gateway;
    notice_dead_conns(sim);
    for (unsigned rounds = 0; !is_quiet(sim); rounds++) {
        if (rounds > 10000)
            fail_run(sim, "it does not come to rest");
        for (unsigned i = 0; i < sim->profile.clients; i++) {
            connect(sim, &sim->seats[i]);
            while (sim->seats[i].conn && sim->seats[i].conn->down.count > 0)
                deliver_down(sim, &sim->seats[i]);
        }
        LIST_EACH (at, next, &g->conns) {
            while (LIST_ITEM(at, struct sim_conn, link)->up.count > 0)
                gateway_receive(g, LIST_ITEM(at, struct sim_conn, link));
        }
        gateway_journal(g);
        gateway_commit(g, UINT32_MAX);
        gateway_tell(g);
        gateway_tick(g, 20);
        gateway_tell(g);
        notice_dead_conns(sim);
        check(sim);
    }
}

static void compare_texts(const struct sim *sim)
{
    struct buf bytes = {0};
    struct plain text = {0};
    char what[100];
    shelf_must(rope_read(&sim->gateway.pad.text, 0, rope_size(&sim->gateway.pad.text).points, &bytes));
    plain_append_utf8(&text, buf_slice(&bytes));
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        const struct sim_client *c = &sim->seats[i].client;
        if (!plain_equal(&c->text, &text) || !plain_equal(&c->server, &text))
            fail_run(sim, "a client has another text");
    }
    if (marks_find_violation(&sim->marks, &text, !sim->profile.is_lazy, what, sizeof what))
        fail_run(sim, what);
    plain_deinit(&text);
    buf_deinit(&bytes);
}

static bool knows_truly(const struct sim_client *c, struct pad_peer *peer)
{
    const struct sim_user *user = sim_client_user(c, peer->user_id);
    const bool is_visible = peer->has_info || peer->cursors_item.changed;
    if (!user || !is_visible)
        return !user == !is_visible;
    const struct wire_cursors now = wire_cursors_of(pad_cursors_now(peer));
    if (user->has_info != peer->has_info || user->has_cursors != (peer->cursors_item.changed > 0))
        return false;
    if (peer->has_info && (user->hue != peer->hue || strlen(user->name) != peer->name.len ||
                           memcmp(user->name, peer->name.ptr, peer->name.len) != 0))
        return false;
    return now.caret_count == user->cursors.caret_count && now.has_selection == user->cursors.has_selection &&
           memcmp(now.carets, user->cursors.carets, now.caret_count * sizeof *now.carets) == 0 &&
           (!now.has_selection || (now.selection.anchor == user->cursors.selection.anchor &&
                                   now.selection.head == user->cursors.selection.head));
}

static void compare_people(struct sim *sim)
{
    struct pad *pad = &sim->gateway.pad;
    char language[SIM_LANGUAGE_MAX];
    snprintf(language, sizeof language, "%.*s", (int)pad->language.len,
             pad->language.len ? pad->language.ptr : "");
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        const struct sim_client *c = &sim->seats[i].client;
        unsigned known = 0;
        LIST_EACH (at, next, &pad->peers) {
            struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
            if (pad_find_user(pad, peer->user_id) != peer)
                fail_run(sim, "two people have one number");
            if (peer->user_id != c->user_id && !knows_truly(c, peer))
                fail_run(sim, "a client sees somebody as he is not");
            known += sim_client_user(c, peer->user_id) != NULL;
        }
        if (known != c->user_count)
            fail_run(sim, "a client sees somebody who is not there");
        if (strcmp(c->language, language) != 0)
            fail_run(sim, "a client shows another language");
    }
}

/* ---- a run ---- */

static struct id128 token_of(unsigned number)
{
    struct id128 token = {{0}};
    memcpy(token.bytes, &number, sizeof number);
    token.bytes[15] = 1;
    return token;
}

static void sim_open(struct sim *sim, const struct profile *profile, struct random random)
{
    *sim = (struct sim){.random = random, .profile = *profile};
    sim->gateway = (struct gateway){
        .now_ms = INT64_C(1700000000000), .outbox_max = profile->outbox_max, .is_lazy = profile->is_lazy};
    sim->gateway.limits = pad_limits_default(profile->document_bytes);
    sim->gateway.limits.history_bytes = profile->history_bytes;
    sim->gateway.limits.v1_history_bytes = profile->v1_history_bytes;
    sim->gateway.limits.uncommitted_bytes = profile->uncommitted_bytes;
    marks_init(&sim->marks);
    gateway_open(&sim->gateway);
    sim->seats = calloc(profile->clients, sizeof *sim->seats);
    assert_non_null(sim->seats);
    for (unsigned i = 0; i < profile->clients; i++) {
        const bool is_v1 = random_below(&sim->random, 100) < profile->v1_percent;
        sim_client_init(&sim->seats[i].client, is_v1 ? PAD_V1 : PAD_V2, token_of(i), &sim->marks);
        connect(sim, &sim->seats[i]);
    }
}

static void sim_close(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.clients; i++)
        sim_client_deinit(&sim->seats[i].client);
    gateway_close(&sim->gateway);
    marks_deinit(&sim->marks);
    free(sim->seats);
}

static void run(const struct profile *profile, struct random random)
{
    static struct sim sim;
    sim_open(&sim, profile, random);
    while (sim.steps < profile->steps)
        step(&sim);
    settle(&sim);
    compare_texts(&sim);
    compare_people(&sim);
    const struct gateway *g = &sim.gateway;
    print_message("%-10s %4u clients, %5u marks acknowledged, %7llu told, %3llu epochs, %4llu resumed, "
                  "%4llu snapshots, %4llu refused, %4llu closed, revision %llu\n",
                  profile->name, profile->clients, marks_count_acked(&sim.marks),
                  (unsigned long long)g->told_operations, (unsigned long long)g->epochs_begun,
                  (unsigned long long)g->resumed, (unsigned long long)g->snapshots,
                  (unsigned long long)g->refused, (unsigned long long)g->closed_conns,
                  (unsigned long long)g->pad.revision);
    assert_true(marks_count_acked(&sim.marks) > profile->clients);
    sim_close(&sim);
}

enum { KIB = 1 << 10, MIB = 1 << 20 };

static const struct profile profiles[] = {
    {"quiet", 30, 8000, 20, 0, 10, 0, 64 * KIB, MIB, MIB, MIB, 30, false},
    {"restless", 40, 8000, 20, 20, 200, 5, 64 * KIB, MIB, MIB, MIB, 12, false},
    {"tight", 30, 8000, 25, 10, 100, 5, 1500, 300, 4 * KIB, 2 * KIB, 3, false},
    {"two", 2, 6000, 0, 40, 150, 20, 64 * KIB, 200, MIB, MIB, 4, false},
    {"old", 20, 5000, 90, 5, 60, 5, 4 * KIB, 500, MIB, MIB, 6, false},
    {"lazy", 20, 6000, 10, 20, 150, 10, 64 * KIB, MIB, MIB, MIB, 8, true},
    {"crowd", 300, 9000, 10, 3, 150, 0, 64 * KIB, 8 * KIB, MIB, MIB, 40, false},
};

static void test_everyone_ends_with_the_same(void **state)
{
    (void)state;
    const char *times = getenv("KP_SIM_RUNS");
    struct random random = random_start();
    for (unsigned n = times ? (unsigned)strtoul(times, NULL, 10) : 1; n > 0; n--) {
        printf("KP_SEED=%" PRIu64 " replays what follows\n", random.state);
        fflush(stdout);
        for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
            run(&profiles[i], random);
        random.state = random_next(&random);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_everyone_ends_with_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
