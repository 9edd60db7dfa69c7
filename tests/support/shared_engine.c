#include "support/shared_engine.h"

#include "store/event.h"
#include "store/request.h"
#include "support/fake_tables.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shared_server {
    struct engine engine;
    uint64_t incarnation;
    const struct store_config *config; /* NULL: not open */
    char address[64], version[64];
    bool is_dead;
};

static struct {
    pthread_mutex_t lock;
    struct fake_tables tables;
    struct shared_server servers[SHARED_SERVERS_MAX];
    uint32_t count, peeks;
    bool passes_on;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct shared_server *server_of(const struct engine *e)
{
    return LIST_ITEM(e, struct shared_server, engine);
}

static struct shared_server *by_incarnation(uint64_t incarnation)
{
    return &shared.servers[incarnation - 1];
}

/* ---- the tests' side ---- */

void shared_engine_begin(void)
{
    fake_tables_init(&shared.tables);
    memset(shared.servers, 0, sizeof(shared.servers));
    shared.count = shared.peeks = 0;
    shared.passes_on = false;
}

void shared_engine_end(void)
{
    fake_tables_deinit(&shared.tables);
}

void shared_engine_announce(uint64_t incarnation, const char *address, const char *version)
{
    pthread_mutex_lock(&shared.lock);
    struct shared_server *server = by_incarnation(incarnation);
    snprintf(server->address, sizeof(server->address), "%s", address);
    snprintf(server->version, sizeof(server->version), "%s", version);
    pthread_mutex_unlock(&shared.lock);
}

static void tell_peers(uint64_t but)
{
    for (uint32_t i = 0; i < shared.count; i++) {
        const struct shared_server *server = &shared.servers[i];
        if (server->config && server->incarnation != but)
            event_tell(server->config, STORE_EVENT_PEERS, 0, 0, (struct slice){0}, "");
    }
}

void shared_engine_bury(uint64_t incarnation)
{
    pthread_mutex_lock(&shared.lock);
    by_incarnation(incarnation)->is_dead = true;
    LIST_EACH (at, following, &shared.tables.placements) {
        struct fake_placement *placement = LIST_ITEM(at, struct fake_placement, link);
        if (placement->incarnation == incarnation)
            fake_tables_release(&shared.tables, placement->id);
    }
    pthread_mutex_unlock(&shared.lock);
    tell_peers(incarnation);
}

void shared_engine_place(const char *id, uint64_t incarnation)
{
    struct slice name = slice_from_cstr(id);
    pthread_mutex_lock(&shared.lock);
    if (incarnation == 0)
        fake_tables_release(&shared.tables, name);
    else
        fake_tables_place(&shared.tables, name, incarnation, (struct slice){0});
    pthread_mutex_unlock(&shared.lock);
}

uint64_t shared_engine_owner(const char *id)
{
    pthread_mutex_lock(&shared.lock);
    const struct fake_placement *placement = fake_tables_placement(&shared.tables, slice_from_cstr(id));
    uint64_t owner = placement ? placement->incarnation : 0;
    pthread_mutex_unlock(&shared.lock);
    return owner;
}

void shared_engine_pass_on(bool always)
{
    pthread_mutex_lock(&shared.lock);
    shared.passes_on = always;
    pthread_mutex_unlock(&shared.lock);
}

uint32_t shared_engine_peeks(void)
{
    pthread_mutex_lock(&shared.lock);
    uint32_t peeks = shared.peeks;
    pthread_mutex_unlock(&shared.lock);
    return peeks;
}

struct store_identity shared_engine_identity(uint64_t incarnation)
{
    struct store_identity identity = {.incarnation = incarnation};
    for (size_t i = 0; i < sizeof(identity.secret); i++)
        identity.secret[i] = (uint8_t)(17 * i + 3);
    return identity;
}

/* ---- the engine ---- */

static enum error shared_open(const struct store_config *config, struct engine **out, char *message)
{
    (void)message;
    struct shared_server *server = &shared.servers[shared.count++];
    server->engine.ops = &shared_engine_ops;
    server->incarnation = shared.count;
    server->config = config;
    *out = &server->engine;
    return OK;
}

static void shared_close(struct engine *e)
{
    server_of(e)->config = NULL;
}

/* The tables know who has a document, and the servers where that is. */
static void fill_in_address(struct store_request *req)
{
    if (req->owner.incarnation == 0)
        return;
    const char *address = by_incarnation(req->owner.incarnation)->address;
    (void)store_request_copy(req, slice_from_cstr(address), &req->owner.address);
}

static void carry_out(const struct shared_server *server, struct store_request *req)
{
    shared.tables.self = server->incarnation;
    shared.peeks += req->kind == STORE_PEEK;
    fake_tables_carry_out(&shared.tables, req);
    if (shared.passes_on && req->kind == STORE_PEEK)
        req->owner.incarnation = server->incarnation % shared.count + 1;
    fill_in_address(req);
}

static enum error shared_try_group(struct engine *e, uint32_t lane, struct link *group)
{
    (void)lane;
    pthread_mutex_lock(&shared.lock);
    LIST_EACH (at, following, group) {
        if (server_of(e)->is_dead)
            request_of(at)->result = ERR_MOVED;
        else
            carry_out(server_of(e), request_of(at));
    }
    pthread_mutex_unlock(&shared.lock);
    return OK;
}

static void shared_set_failing(struct engine *e, uint32_t lane, bool is_failing)
{
    (void)e, (void)lane, (void)is_failing;
}

static bool shared_probe(struct engine *e, uint32_t lane)
{
    (void)e, (void)lane;
    return true;
}

static bool shared_after_answers(struct engine *e, uint32_t lane)
{
    (void)e, (void)lane;
    return false;
}

static const char *shared_why(const struct engine *e, uint32_t lane)
{
    (void)e, (void)lane;
    return "";
}

static void shared_stats(const struct engine *e, struct store_stats *stats)
{
    (void)e, (void)stats;
}

static uint32_t shared_peers(const struct engine *e, struct store_peer out[STORE_PEERS_MAX])
{
    uint32_t count = 0;
    pthread_mutex_lock(&shared.lock);
    for (uint32_t i = 0; i < shared.count; i++) {
        const struct shared_server *server = &shared.servers[i];
        if (server == server_of(e) || server->is_dead || !server->address[0])
            continue;
        out[count] = (struct store_peer){.incarnation = server->incarnation};
        snprintf(out[count].address, sizeof(out[count].address), "%s", server->address);
        snprintf(out[count].version, sizeof(out[count].version), "%s", server->version);
        count++;
    }
    pthread_mutex_unlock(&shared.lock);
    return count;
}

static struct store_identity shared_identity(const struct engine *e)
{
    return shared_engine_identity(server_of(e)->incarnation);
}

static int64_t shared_lease_left_ms(const struct engine *e)
{
    (void)e;
    return INT64_MAX;
}

static void shared_set_draining(struct engine *e)
{
    (void)e;
}

static void shared_resign(struct engine *e)
{
    (void)e;
}

static void shared_rejoin(struct engine *e, uint32_t life)
{
    (void)e, (void)life;
}

const struct engine_ops shared_engine_ops = {
    .open = shared_open,
    .close = shared_close,
    .lanes = 1,
    .is_shared = true,
    .try_group = shared_try_group,
    .set_failing = shared_set_failing,
    .probe = shared_probe,
    .after_answers = shared_after_answers,
    .why = shared_why,
    .stats = shared_stats,
    .peers = shared_peers,
    .identity = shared_identity,
    .lease_left_ms = shared_lease_left_ms,
    .set_draining = shared_set_draining,
    .resign = shared_resign,
    .rejoin = shared_rejoin,
};
