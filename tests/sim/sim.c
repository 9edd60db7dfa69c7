#include "sim/sim.h"

#include "sim/commenting.h"
#include "support/seeded_random.h"
#include "support/unit.h"

/* ---- look ---- */

void sim_fail(const struct sim *sim, const char *what)
{
    fail_msg("%s, step %llu: %s", sim->profile.name, (unsigned long long)sim->steps, what);
}

/* A document that was deleted takes with it what was acknowledged. */
static void notice_expired(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.documents; i++) {
        struct gateway_document *known = &sim->gateway.known[i];
        if (!known->has_expired)
            continue;
        unique_points_expired(&sim->documents[i].points);
        buf_deinit(&sim->documents[i].earlier); /* what comes now is another document */
        known->has_expired = false;
    }
}

/* Some have waited for an answer for too long. */
static void notice_given_up(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        struct seat *seat = &sim->seats[i];
        if (seat->conn && sim_client_gives_up(&seat->client))
            sim_hang_up(sim, seat);
    }
}

void sim_check(struct sim *sim)
{
    gateway_check(&sim->gateway);
    commenting_check(sim);
    notice_expired(sim);
    notice_given_up(sim);
}

bool sim_is_in(const struct seat *seat, const struct sim_document *doc)
{
    return seat->client.document == doc->id;
}

/* ---- the network ---- */

void sim_connect(struct sim *sim, struct seat *seat)
{
    if (seat->conn)
        return;
    seat->conn = gateway_accept(&sim->gateway, seat->client.document);
    sim_client_connect(&seat->client, &seat->conn->up);
}

void sim_hang_up(struct sim *sim, struct seat *seat)
{
    if (!seat->conn)
        return;
    wire_cut(&seat->conn->up, random_below(&sim->random, seat->conn->up.count + 1));
    wire_cut(&seat->conn->down, 0);
    seat->conn->has_client = false;
    seat->conn = NULL;
    sim_client_cut(&seat->client);
}

void sim_deliver(struct sim *sim, struct seat *seat)
{
    struct sim_conn *conn = seat->conn;
    struct wire_message *m = conn ? wire_take(&conn->down) : NULL;
    if (!m)
        return;
    sim_client_feed(&seat->client, m);
    gateway_drained(conn);
    if (m->kind == WIRE_WELCOME && seat->client.version == PAD_V1 && random_one_in(&sim->random, 3))
        sim_client_type(&seat->client, &sim->random); /* before it has seen any text */
    if (m->kind == WIRE_CLOSE) {
        seat->conn = NULL;
        gateway_drop(conn);
        if (m->why == ERR_PASSWORD) /* somebody tells him */
            sim_client_learn_password(&seat->client, gateway_password(&sim->gateway, seat->client.document));
    }
    wire_free(m);
}

void sim_notice_dead(struct sim *sim)
{
    LIST_EACH (at, next, &sim->gateway.conns) {
        struct sim_conn *conn = LIST_ITEM(at, struct sim_conn, link);
        if (!conn->has_client && (conn->up.count == 0 || conn->open))
            gateway_drop(conn);
    }
}

/* ---- the store ---- */

void sim_answer_everything(struct sim *sim)
{
    fake_store_answer_all(&sim->gateway.store);
    gateway_answer(&sim->gateway);
    gateway_turn(&sim->gateway);
}

/* ---- make and let go ---- */

static struct id128 token_of(unsigned number)
{
    struct id128 token = {{0}};
    memcpy(token.bytes, &number, sizeof number);
    token.bytes[15] = 1;
    return token;
}

static void add_documents(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.documents; i++) {
        struct sim_document *d = &sim->documents[i];
        snprintf(d->id, sizeof d->id, "pad%u", i);
        unique_points_init(&d->points);
        gateway_know(&sim->gateway, d->id);
    }
}

static void add_clients(struct sim *sim)
{
    sim->seats = calloc(sim->profile.clients, sizeof *sim->seats);
    assert_non_null(sim->seats);
    for (unsigned i = 0; i < sim->profile.clients; i++) {
        const bool is_v1 = random_below(&sim->random, 100) < sim->profile.v1_percent;
        const bool reads = !is_v1 && sim->profile.view_percent > random_below(&sim->random, 100);
        struct sim_document *d = &sim->documents[i % sim->profile.documents];
        sim_client_init(&sim->seats[i].client, is_v1 ? PAD_V1 : PAD_V2, reads, token_of(i), d->id, &d->points,
                        &sim->gateway.store.now_ms);
        sim_connect(sim, &sim->seats[i]);
    }
}

static struct document_policy policy_of(const struct profile *profile)
{
    struct document_policy policy = {.pad_limits = pad_limits_default(profile->document_bytes),
                                     .durability = profile->is_lazy ? STORE_LAZY : STORE_JOURNAL,
                                     .expiry_ms = SIM_EXPIRY_MS,
                                     .memory_retention_ms = SIM_RETENTION_MS,
                                     .persist_check_ms = 5 * SIM_SECOND_MS,
                                     .idle_persist_ms = 30 * SIM_SECOND_MS,
                                     .safety_net_ms = 2 * SIM_MINUTE_MS};
    policy.pad_limits.history_bytes = profile->history_bytes;
    policy.pad_limits.v1_history_bytes = profile->v1_history_bytes;
    policy.pad_limits.uncommitted_bytes = profile->uncommitted_bytes;
    return policy;
}

/* Where it is less than an edit takes, all of them go in parts. */
static size_t message_bytes_of(const struct profile *profile)
{
    enum { ENVELOPE = 64 * 1024 };
    return profile->message_bytes ? profile->message_bytes : profile->document_bytes + ENVELOPE;
}

void sim_open(struct sim *sim, const struct profile *profile, struct random random)
{
    *sim = (struct sim){.random = random, .profile = *profile};
    seeded_random_start(random.state);
    sim->gateway = (struct gateway){.policy = policy_of(profile),
                                    .outbox_max = profile->outbox_max,
                                    .message_bytes_max = message_bytes_of(profile)};
    gateway_open(&sim->gateway, INT64_C(1700000000000));
    add_documents(sim);
    add_clients(sim);
}

void sim_close(struct sim *sim)
{
    for (unsigned i = 0; i < sim->profile.clients; i++)
        sim_client_deinit(&sim->seats[i].client);
    gateway_close(&sim->gateway);
    commenting_deinit(sim);
    for (unsigned i = 0; i < sim->profile.documents; i++) {
        unique_points_deinit(&sim->documents[i].points);
        buf_deinit(&sim->documents[i].earlier);
    }
    free(sim->seats);
}
