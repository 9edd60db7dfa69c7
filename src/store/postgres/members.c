#include "store/postgres/members.h"

#include "base/alloc.h"
#include "store/event.h"
#include "store/postgres/columns.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

enum statement { TAKE_OVER, REGISTER, SECRET, RESIGN, STATEMENT_COUNT };
static const char *const STATEMENTS[STATEMENT_COUNT] = {
    /* One server at a time: whoever starts declares its predecessor dead. */
    [TAKE_OVER] = "WITH l AS (UPDATE kp_lanes SET dead = true WHERE NOT dead)"
                  " UPDATE kp_nodes SET dead_at = clock_timestamp() WHERE dead_at IS NULL",
    [REGISTER] = "WITH n AS (INSERT INTO kp_nodes (incarnation, address, version, protocol)"
                 " VALUES ($1::int8, $2::text, $3::text, 1) RETURNING incarnation),"
                 " l AS (INSERT INTO kp_lanes (incarnation, lane)"
                 " SELECT incarnation, lane FROM n, (VALUES (0::int2), (1::int2)) v (lane))"
                 " INSERT INTO kp_beats SELECT incarnation, clock_timestamp(), clock_timestamp() FROM n",
    [SECRET] = "SELECT value FROM kp_cluster WHERE name = 'secret'",
    [RESIGN] = "WITH l AS (UPDATE kp_lanes SET dead = true WHERE incarnation = $1::int8)"
               " UPDATE kp_nodes SET dead_at = clock_timestamp() WHERE incarnation = $1::int8"
               " AND dead_at IS NULL",
};

struct members {
    const struct store_config *config;
    struct pg_config pg_config;
    struct pg_connection connection;
    uint8_t secret[32];

    pthread_mutex_t lock;
    struct life life; /* guarded by the lock */
};

static uint64_t random_incarnation(void)
{
    uint64_t number = 0;
    while (number == 0)
        if (getrandom(&number, sizeof number, 0) == sizeof number)
            number >>= 1; /* 63 bits: PostgreSQL's numbers have a sign */
    return number;
}

static enum reply begin_life(struct members *m, uint64_t incarnation)
{
    struct parameters p = {0}, none = {0};
    put_int8(&p, (int64_t)incarnation);
    put_bytes(&p, m->config->address.ptr ? m->config->address : SLICE(""));
    put_bytes(&p, m->config->version.ptr ? m->config->version : SLICE(""));
    pg_send(&m->connection, TAKE_OVER, &none);
    pg_send(&m->connection, REGISTER, &p);
    pg_send(&m->connection, SECRET, &none);
    pg_next(&m->connection);
    pg_next(&m->connection);
    struct slice secret = column_bytes(pg_next(&m->connection), 0, 0);
    if (secret.len == sizeof m->secret)
        memcpy(m->secret, secret.ptr, secret.len);
    return pg_end(&m->connection);
}

enum error members_open(const struct store_config *config, const char *url, struct members **out,
                        char message[MESSAGE_BYTES])
{
    struct members *m = mem_alloc(sizeof *m);
    if (!m) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    *m = (struct members){
        .config = config,
        .pg_config = {.url = url, .statements = STATEMENTS, .statement_count = STATEMENT_COUNT}};
    m->life.incarnation = random_incarnation();
    pthread_mutex_init(&m->lock, NULL);
    pg_init(&m->connection, &m->pg_config);
    if (pg_open(&m->connection, "kolabpad") || begin_life(m, m->life.incarnation)) {
        message_error(message, "Cannot use the database in DATABASE_URL: %s.", m->connection.why);
        pg_close(&m->connection);
        pthread_mutex_destroy(&m->lock);
        mem_free(m);
        return ERR_STORAGE;
    }
    *out = m;
    return OK;
}

void members_close(struct members *m)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)m->life.incarnation);
    pg_run(&m->connection, RESIGN, &p, NULL);
    pg_close(&m->connection);
    pthread_mutex_destroy(&m->lock);
    mem_free(m);
}

struct life members_life(const struct members *m)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&m->lock;
    pthread_mutex_lock(lock);
    struct life life = m->life;
    pthread_mutex_unlock(lock);
    return life;
}

void members_note_death(struct members *m, uint64_t incarnation)
{
    pthread_mutex_lock(&m->lock);
    bool is_news = m->life.incarnation == incarnation && !m->life.is_over;
    m->life.is_over |= is_news;
    pthread_mutex_unlock(&m->lock);
    if (is_news)
        event_tell(m->config, STORE_EVENT_DEAD, 0, 0, (struct slice){0},
                   "another server has declared this one dead, or the database was restored");
}

uint32_t members_peers(const struct members *m, struct store_peer out[STORE_PEERS_MAX])
{
    (void)m;
    (void)out;
    return 0;
}

struct store_identity members_identity(const struct members *m)
{
    struct store_identity identity = {.incarnation = members_life(m).incarnation};
    memcpy(identity.secret, m->secret, sizeof identity.secret);
    return identity;
}

int64_t members_lease_left_ms(const struct members *m)
{
    return members_life(m).is_over ? 0 : INT64_MAX;
}

void members_set_draining(struct members *m)
{
    (void)m;
}

void members_rejoin(struct members *m, uint32_t life)
{
    struct life next = {.incarnation = random_incarnation(), .number = life};
    if (!pg_is_open(&m->connection) && pg_open(&m->connection, "kolabpad"))
        return;
    if (begin_life(m, next.incarnation))
        return;
    pthread_mutex_lock(&m->lock);
    m->life = next;
    pthread_mutex_unlock(&m->lock);
}
