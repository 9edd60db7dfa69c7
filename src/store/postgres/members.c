#include "store/postgres/members.h"

#include "base/alloc.h"
#include "store/event.h"
#include "store/postgres/boot_clock.h"
#include "store/postgres/clock_watch.h"
#include "store/postgres/host_watch.h"
#include "store/postgres/judge.h"
#include "store/postgres/lane_silence.h"
#include "store/postgres/registration.h"
#include "store/postgres/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
    BEAT_GAP_MS = 3000,         /* between good beats: more, and the database was away for all that we know */
    LOOK_AROUND_MS = 60 * 1000, /* between two looks at what changes rarely */
};

struct members {
    const struct store_config *config;
    int64_t lease_ms, beat_ms;
    pthread_t thread;

    /* The beating thread's own, and members_open's before that. */
    struct registry registry;
    struct beat beat;
    struct judge judge;
    struct registration registration;
    struct promise promise;
    int64_t looked_around_us; /* 0: not yet */
    struct host_watch hosts;
    struct clock_watch clock;
    int64_t beaten_at_us;    /* the latest good beat */
    int64_t beaten_since_us; /* the first of those without a gap */

    atomic_bool is_draining;
    struct lane_silence lanes[LANE_COUNT];

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool is_ending;
    bool is_resigning; /* members_resign waits until the life is over */
    bool is_due;       /* the next turn of the beating thread is not to wait for its second */
    struct life life;
    /* Until then nobody can have declared this life dead: a lease after the latest good
     * beat was *sent*, by a clock that goes on while the machine sleeps. */
    int64_t lease_until_us;
    uint8_t secret[32]; /* of all servers of this database */
    uint32_t peer_count;
    struct store_peer peers[STORE_PEERS_MAX];
};

/* ---- lives ----------------------------------------------------------------- */

static pthread_mutex_t *lock_of(const struct members *m)
{
    return (pthread_mutex_t *)(uintptr_t)&m->lock;
}

struct life members_life(const struct members *m)
{
    pthread_mutex_lock(lock_of(m));
    struct life life = m->life;
    pthread_mutex_unlock(lock_of(m));
    return life;
}

static void end_life(struct members *m, uint64_t incarnation, const char *why)
{
    pthread_mutex_lock(&m->lock);
    bool is_news = incarnation != 0 && m->life.incarnation == incarnation && !m->life.is_over;
    m->life.is_over |= is_news;
    pthread_mutex_unlock(&m->lock);
    if (is_news)
        event_tell(m->config, STORE_EVENT_DEAD, 0, 0, (struct slice){0}, why);
}

void members_note_death(struct members *m, uint64_t incarnation)
{
    end_life(m, incarnation, "another server has declared this one dead, or the database was restored");
}

void members_rejoin(struct members *m, uint32_t life)
{
    pthread_mutex_lock(&m->lock);
    m->life = (struct life){.number = life};
    m->lease_until_us = 0;
    m->peer_count = 0; /* whoever lives beside the new life is news */
    m->is_due = true;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
}

/* After a good beat that was sent then. A server without an address may be declared
 * dead as soon as it has lost its connection to the database: see judge_patience. */
static int64_t lease_end_us(const struct members *m, int64_t sent_us)
{
    bool may_be_short = m->config->address.len == 0 && m->lease_ms > JUDGE_GONE_MS;
    return sent_us + (may_be_short ? JUDGE_GONE_MS : m->lease_ms) * 1000;
}

static void begin_life(struct members *m, const struct registered *new)
{
    for (uint32_t lane = 0; lane < LANE_COUNT; lane++)
        lane_silence_forget(&m->lanes[lane]);
    pthread_mutex_lock(&m->lock);
    m->life.incarnation = new->incarnation;
    m->life.is_over = false;
    memcpy(m->secret, new->secret, sizeof m->secret);
    m->lease_until_us = lease_end_us(m, new->sent_us);
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
}

static enum reply connect_as(struct members *m, uint64_t incarnation)
{
    return host_watch_connect(&m->hosts, m->config, &m->registry, incarnation);
}

/* ---- beating ------------------------------------------------------------------ */

static void take_peers(struct members *m, int64_t sent_us)
{
    const struct beat *b = &m->beat;
    pthread_mutex_lock(&m->lock);
    bool has_changed = b->peer_count != m->peer_count;
    for (uint32_t i = 0; i < b->peer_count && !has_changed; i++)
        has_changed = b->peers[i].incarnation != m->peers[i].incarnation ||
                      b->peers[i].is_draining != m->peers[i].is_draining;
    memcpy(m->peers, b->peers, b->peer_count * sizeof *b->peers);
    m->peer_count = b->peer_count;
    m->lease_until_us = lease_end_us(m, sent_us);
    pthread_mutex_unlock(&m->lock);
    if (has_changed)
        event_tell(m->config, STORE_EVENT_PEERS, 0, b->peer_count, (struct slice){0}, "");
}

static void note_good_beat(struct members *m)
{
    const int64_t now_us = boot_us();
    if (now_us - m->beaten_at_us > BEAT_GAP_MS * 1000)
        m->beaten_since_us = now_us;
    m->beaten_at_us = now_us;
}

static bool has_silent_lane(const struct members *m)
{
    bool has = false;
    for (uint32_t lane = 0; lane < LANE_COUNT; lane++)
        has |= lane_silence_is_long(&m->lanes[lane], m->beaten_since_us, m->beaten_at_us);
    return has;
}

static void resign_if_useless(struct members *m, uint64_t incarnation)
{
    uint32_t waiting = 0;
    if (m->beat.peer_count == 0 || !has_silent_lane(m))
        return;
    if (registry_waiting_for_standby(&m->registry, &waiting) || waiting > 0)
        return;
    enum reply reply = registry_resign(&m->registry, incarnation);
    if (reply == REPLY_LOCKED)
        registry_terminate(&m->registry, incarnation); /* not this connection; then it is tried again */
    if (reply == REPLY_OK)
        end_life(m, incarnation,
                 "this server could not write for ten seconds while others live; it has resigned");
}

static void look_at_promise(struct members *m)
{
    struct promise now = {0};
    if (registry_promise(&m->registry, &now) || memcmp(&now, &m->promise, sizeof now) == 0)
        return;
    char sentence[PROMISE_BYTES];
    m->promise = now;
    promise_sentence(&now, sentence);
    event_tell(m->config, STORE_EVENT_PROMISE, 0, promise_standbys(&now), (struct slice){0}, sentence);
}

/* The one with the lowest number tidies up; it would do no harm if several did. */
static void look_around(struct members *m, uint64_t incarnation)
{
    if (m->looked_around_us && boot_us() - m->looked_around_us < LOOK_AROUND_MS * 1000)
        return;
    m->looked_around_us = boot_us();
    look_at_promise(m);
    if (m->beat.peer_count == 0 || incarnation < m->beat.peers[0].incarnation)
        registry_sweep(&m->registry);
}

static void beat(struct members *m, uint64_t incarnation)
{
    if (connect_as(m, incarnation))
        return;
    const int64_t sent_us = boot_us(), before_ms = clock_watch_wall_ms(m->config);
    if (registry_beat(&m->registry, incarnation, atomic_load(&m->is_draining), m->lease_ms, &m->beat))
        return;
    if (m->beat.is_dead) {
        members_note_death(m, incarnation);
        return;
    }
    event_tell(m->config, STORE_EVENT_BEAT, boot_us() - sent_us, 1, (struct slice){0}, "");
    clock_watch_look(&m->clock, m->config, before_ms, m->beat.database_ms);
    note_good_beat(m);
    take_peers(m, sent_us);
    judge_peers(&m->judge, incarnation, &m->beat);
    resign_if_useless(m, incarnation);
    look_around(m, incarnation);
    host_watch_look(&m->hosts, m->config, &m->registry, m->lease_ms);
}

static bool is_to_resign(struct members *m)
{
    pthread_mutex_lock(&m->lock);
    bool is = m->is_resigning && !m->life.is_over;
    pthread_mutex_unlock(&m->lock);
    return is;
}

static void resign(struct members *m, uint64_t incarnation)
{
    if (incarnation && (connect_as(m, incarnation) || registry_resign(&m->registry, incarnation)))
        return;
    pthread_mutex_lock(&m->lock);
    m->life.is_over = true;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
}

static void live(struct members *m)
{
    struct life life = members_life(m);
    struct registered registered;
    if (is_to_resign(m)) {
        resign(m, life.incarnation);
        return;
    }
    if (life.is_over)
        return;
    if (life.incarnation)
        beat(m, life.incarnation);
    else if (registration_try(&m->registration, &registered) == OK)
        begin_life(m, &registered);
}

static void add_ms(struct timespec *date, int64_t ms)
{
    date->tv_nsec += ms % 1000 * 1000000;
    date->tv_sec += ms / 1000 + date->tv_nsec / 1000000000;
    date->tv_nsec %= 1000000000;
}

/* Once a second, and at once when a new life is wanted. */
static void *run(void *arg)
{
    struct members *m = arg;
    pthread_mutex_lock(&m->lock);
    while (!m->is_ending) {
        pthread_mutex_unlock(&m->lock);
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        add_ms(&next, m->beat_ms);
        live(m);
        pthread_mutex_lock(&m->lock);
        for (int late = 0; !m->is_ending && !m->is_due && !late;)
            late = pthread_cond_timedwait(&m->changed, &m->lock, &next);
        m->is_due = false;
    }
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

/* ---- making and ending ---------------------------------------------------------- */

static void free_members(struct members *m)
{
    registry_close(&m->registry);
    pthread_cond_destroy(&m->changed);
    pthread_mutex_destroy(&m->lock);
    mem_free(m);
}

static struct members *new_members(const struct store_config *config, const char *url,
                                   struct known_database *known)
{
    struct members *m = mem_alloc(sizeof *m);
    if (!m)
        return NULL;
    *m = (struct members){.config = config};
    m->lease_ms = config->lease_ms ? config->lease_ms : MEMBERS_LEASE_MS;
    m->beat_ms = m->lease_ms / 4 < BEAT_MS ? m->lease_ms / 4 : BEAT_MS;
    m->judge = (struct judge){.config = config, .registry = &m->registry, .lease_ms = m->lease_ms};
    m->registration = (struct registration){
        .config = config, .registry = &m->registry, .hosts = &m->hosts, .judge = &m->judge};
    registry_init(&m->registry, url, known, m->lease_ms);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&m->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

enum error members_open(const struct store_config *config, const char *url, struct known_database *known,
                        struct members **out, char message[MESSAGE_BYTES])
{
    struct members *m = new_members(config, url, known);
    struct registered registered;
    enum error err = m ? registration_get_in(&m->registration, &registered, message) : ERR_NO_MEMORY;
    if (!err)
        begin_life(m, &registered);
    if (!err && pthread_create(&m->thread, NULL, run, m) != 0) {
        registry_resign(&m->registry, m->life.incarnation);
        err = ERR_NO_MEMORY;
    }
    if (err == ERR_NO_MEMORY)
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
    if (err) {
        if (m)
            free_members(m);
        return err;
    }
    *out = m;
    return OK;
}

void members_resign(struct members *m)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, RESIGN_TIMEOUT_MS);
    pthread_mutex_lock(&m->lock);
    m->is_resigning = m->is_due = true;
    pthread_cond_broadcast(&m->changed);
    for (int late = 0; !m->life.is_over && !late;)
        late = pthread_cond_timedwait(&m->changed, &m->lock, &until);
    pthread_mutex_unlock(&m->lock);
}

void members_close(struct members *m)
{
    pthread_mutex_lock(&m->lock);
    m->is_ending = true;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    if (m->life.incarnation && !m->life.is_over && connect_as(m, m->life.incarnation) == REPLY_OK)
        registry_resign(&m->registry, m->life.incarnation);
    free_members(m);
}

/* ---- what others ask -------------------------------------------------------------- */

struct life members_await_life(struct members *m)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, AWAIT_LIFE_MS);
    pthread_mutex_lock(&m->lock);
    for (int late = 0; m->life.incarnation == 0 && !m->life.is_over && !m->is_ending && !late;)
        late = pthread_cond_timedwait(&m->changed, &m->lock, &until);
    struct life life = m->life;
    pthread_mutex_unlock(&m->lock);
    return life;
}

void members_note_answer(struct members *m, uint32_t lane, bool has_answered)
{
    lane_silence_note(&m->lanes[lane], has_answered);
}

uint32_t members_peers(const struct members *m, struct store_peer out[STORE_PEERS_MAX])
{
    pthread_mutex_lock(lock_of(m));
    uint32_t count = m->peer_count;
    memcpy(out, m->peers, count * sizeof *out);
    pthread_mutex_unlock(lock_of(m));
    return count;
}

struct store_identity members_identity(const struct members *m)
{
    struct store_identity identity;
    pthread_mutex_lock(lock_of(m));
    identity.incarnation = m->life.incarnation;
    memcpy(identity.secret, m->secret, sizeof identity.secret);
    pthread_mutex_unlock(lock_of(m));
    return identity;
}

int64_t members_lease_left_ms(const struct members *m)
{
    pthread_mutex_lock(lock_of(m));
    int64_t left_us = m->life.is_over ? 0 : m->lease_until_us - boot_us();
    pthread_mutex_unlock(lock_of(m));
    return left_us > 0 ? left_us / 1000 : 0;
}

void members_set_draining(struct members *m)
{
    atomic_store(&m->is_draining, true);
    pthread_mutex_lock(&m->lock);
    m->is_due = true;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
}
