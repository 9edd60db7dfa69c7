/* A hash table with chains over one array of entries. Entries with open
 * connections stay; the others stand in a list by their last use, and the one
 * at its front goes when its place is needed and its buckets are full. */
#include "guard/limits.h"

#include "base/hash.h"
#include "base/list.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { MINUTE_MS = 60000, TOKEN_MILLI = 1000 };

struct bucket {
    int64_t tokens_milli;
    int64_t refilled_ms;
};

struct entry {
    struct link idle;   /* in limits->idle while it has no connections */
    struct entry *next; /* in its chain, or in the list of free ones */
    struct address key;
    uint32_t connections;
    int64_t used_ms;
    struct bucket buckets[LIMIT_ACTION_COUNT];
    struct edit_bucket writes;
};

struct limits {
    pthread_mutex_t lock; /* guards everything below but `config` and `seed` */
    struct limits_config config;
    uint64_t seed;        /* so that nobody can choose addresses that collide */
    uint32_t connections; /* of all addresses */
    int64_t now_ms;       /* the latest time that any caller gave */
    struct entry shared;  /* counts for every address that finds the table full */
    struct link idle;     /* least recently used first */
    struct entry *free;
    size_t chain_mask;
    struct entry **chains;
    struct entry *entries;
};

/* ---- buckets ---- */

/* Adds what has accrued since the last time; a bucket that was never used is
 * full. What is in debt takes longer to fill. The time that made no whole
 * thousandth of a token is kept for the next. */
static void refill(struct bucket *b, int64_t per_minute, int64_t full_milli, int64_t now_ms)
{
    const int64_t lacking_milli = full_milli - b->tokens_milli;
    const int64_t filling_ms = lacking_milli * MINUTE_MS / (per_minute * TOKEN_MILLI) + 1;
    const int64_t passed_ms = now_ms - b->refilled_ms;

    if (b->refilled_ms == 0 || passed_ms >= filling_ms) {
        *b = (struct bucket){full_milli, now_ms};
    } else if (passed_ms < 0) {
        b->refilled_ms = now_ms;
    } else {
        const int64_t rate_milli = per_minute * TOKEN_MILLI;
        const int64_t gained_milli = passed_ms * rate_milli / MINUTE_MS;
        b->refilled_ms += (gained_milli * MINUTE_MS + rate_milli - 1) / rate_milli;
        b->tokens_milli += gained_milli;
        if (b->tokens_milli > full_milli)
            b->tokens_milli = full_milli;
    }
}

static bool take(struct bucket *b)
{
    if (b->tokens_milli < TOKEN_MILLI)
        return false;
    b->tokens_milli -= TOKEN_MILLI;
    return true;
}

bool edit_bucket_take(struct edit_bucket *b, uint32_t per_second, uint32_t burst, int64_t now_ms)
{
    if (per_second == 0)
        return true;
    struct bucket bucket = {b->tokens_milli, b->refilled_ms};
    refill(&bucket, (int64_t)per_second * 60, (int64_t)burst * TOKEN_MILLI, now_ms);
    const bool taken = take(&bucket);
    *b = (struct edit_bucket){bucket.tokens_milli, bucket.refilled_ms};
    return taken;
}

void edit_bucket_charge(struct edit_bucket *b, uint64_t work)
{
    b->tokens_milli -= (int64_t)work * TOKEN_MILLI / EDIT_WORK_PER_TOKEN;
}

/* ---- the table ---- */

static struct entry **chain_of(struct limits *l, struct address key)
{
    uint64_t high, low;

    memcpy(&high, key.bytes, sizeof high);
    memcpy(&low, key.bytes + sizeof high, sizeof low);
    return &l->chains[hash_mix(hash_mix(l->seed ^ high) + low) & l->chain_mask];
}

static struct entry *find(struct limits *l, struct address key)
{
    struct entry *e = *chain_of(l, key);

    while (e && !address_equal(e->key, key))
        e = e->next;
    return e;
}

static void unchain(struct limits *l, struct entry *e)
{
    struct entry **at = chain_of(l, e->key);

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
}

/* Quiet for a minute: all its buckets are full, as those of a new one are. */
static struct entry *forgettable(struct limits *l)
{
    if (list_is_empty(&l->idle))
        return NULL;
    struct entry *oldest = LIST_ITEM(l->idle.next, struct entry, idle);
    return l->now_ms - oldest->used_ms >= MINUTE_MS ? oldest : NULL;
}

/* A place for a new entry, or NULL. */
static struct entry *take_place(struct limits *l)
{
    struct entry *e = l->free;

    if (e) {
        l->free = e->next;
        return e;
    }
    e = forgettable(l);
    if (e) {
        list_remove(&e->idle);
        unchain(l, e);
    }
    return e;
}

/* The entry of an address, new if need be; the shared one when there is no
 * place for it. */
static struct entry *find_or_add(struct limits *l, struct address key)
{
    struct entry *e = find(l, key);

    if (e)
        return e;
    e = take_place(l);
    if (!e)
        return &l->shared;
    struct entry **chain = chain_of(l, key);
    *e = (struct entry){.key = key, .next = *chain, .used_ms = l->now_ms};
    *chain = e;
    list_append(&l->idle, &e->idle);
    return e;
}

/* It has just been used: to the end of the list, unless it is in none. */
static void touch(struct limits *l, struct entry *e)
{
    e->used_ms = l->now_ms;
    if (e->connections == 0 && e != &l->shared) {
        list_remove(&e->idle);
        list_append(&l->idle, &e->idle);
    }
}

/* ---- make and let go ---- */

static size_t power_of_two_from(size_t least)
{
    size_t n = 1;

    while (n < least)
        n *= 2;
    return n;
}

enum error limits_new(const struct limits_config *config, struct limits **out)
{
    const size_t count = config->addresses_max ? config->addresses_max : 1;
    const size_t chain_count = power_of_two_from(count);
    struct limits *l = calloc(1, sizeof *l);

    if (!l)
        return ERR_NO_MEMORY;
    l->chains = calloc(chain_count, sizeof(struct entry *));
    l->entries = calloc(count, sizeof *l->entries);
    if (!l->chains || !l->entries) {
        free(l->chains);
        free(l->entries);
        free(l);
        return ERR_NO_MEMORY;
    }
    l->config = *config;
    l->chain_mask = chain_count - 1;
    if (getrandom(&l->seed, sizeof l->seed, GRND_NONBLOCK) != sizeof l->seed)
        l->seed = (uint64_t)(uintptr_t)l; /* before the system has randomness: where it put us */
    pthread_mutex_init(&l->lock, NULL);
    list_init(&l->idle);
    for (size_t i = count; i-- > 0; l->free = &l->entries[i])
        l->entries[i].next = l->free;
    *out = l;
    return OK;
}

void limits_free(struct limits *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l->chains);
    free(l->entries);
    free(l);
}

/* ---- actions ---- */

/* The bucket as it is now. With the lock held. */
static struct bucket *bucket_now(struct limits *l, struct entry *e, enum limit_action action)
{
    const int64_t per_minute = l->config.per_minute[action];
    struct bucket *b = &e->buckets[action];

    refill(b, per_minute, per_minute * TOKEN_MILLI, l->now_ms);
    return b;
}

bool limits_take(struct limits *l, enum limit_action action, struct address who, int64_t now_ms)
{
    if (l->config.per_minute[action] == 0)
        return true;
    pthread_mutex_lock(&l->lock);
    l->now_ms = now_ms;
    struct entry *e = find_or_add(l, address_limit_key(who));
    const bool taken = take(bucket_now(l, e, action));
    touch(l, e);
    pthread_mutex_unlock(&l->lock);
    return taken;
}

bool limits_has(struct limits *l, enum limit_action action, struct address who, int64_t now_ms)
{
    if (l->config.per_minute[action] == 0)
        return true;
    pthread_mutex_lock(&l->lock);
    l->now_ms = now_ms;
    struct entry *e = find(l, address_limit_key(who));
    if (!e && !l->free && !forgettable(l))
        e = &l->shared;
    const bool has = !e || bucket_now(l, e, action)->tokens_milli >= TOKEN_MILLI;
    pthread_mutex_unlock(&l->lock);
    return has;
}

bool limits_take_write(struct limits *l, struct address who, uint32_t per_second, uint32_t burst,
                       int64_t now_ms)
{
    if (per_second == 0)
        return true;
    pthread_mutex_lock(&l->lock);
    l->now_ms = now_ms;
    struct entry *e = find_or_add(l, address_limit_key(who));
    const bool taken = edit_bucket_take(&e->writes, per_second, burst, now_ms);
    touch(l, e);
    pthread_mutex_unlock(&l->lock);
    return taken;
}

void limits_charge_write(struct limits *l, struct address who, uint64_t work)
{
    pthread_mutex_lock(&l->lock);
    struct entry *e = find(l, address_limit_key(who));
    if (e)
        edit_bucket_charge(&e->writes, work);
    pthread_mutex_unlock(&l->lock);
}

/* ---- connections ---- */

static bool is_reached(uint32_t count, uint32_t limit)
{
    return limit > 0 && count >= limit;
}

static enum error connect_locked(struct limits *l, struct address key)
{
    if (is_reached(l->connections, l->config.connections_total))
        return ERR_OVERLOADED;
    struct entry *e = find_or_add(l, key);
    if (is_reached(e->connections, l->config.connections_per_address))
        return ERR_RATE_LIMITED;
    if (e->connections++ == 0 && e != &l->shared)
        list_remove(&e->idle);
    l->connections++;
    return OK;
}

enum error limits_connect(struct limits *l, struct address who)
{
    pthread_mutex_lock(&l->lock);
    const enum error err = connect_locked(l, address_limit_key(who));
    pthread_mutex_unlock(&l->lock);
    return err;
}

/* A client that connected while the table was full is counted in the shared
 * entry, even when it has an entry of its own by now. */
static void disconnect_locked(struct limits *l, struct address key)
{
    struct entry *e = find(l, key);

    if (!e || e->connections == 0)
        e = &l->shared;
    if (e->connections == 0)
        return;
    l->connections--;
    if (--e->connections == 0 && e != &l->shared)
        list_append(&l->idle, &e->idle);
}

void limits_disconnect(struct limits *l, struct address who)
{
    pthread_mutex_lock(&l->lock);
    disconnect_locked(l, address_limit_key(who));
    pthread_mutex_unlock(&l->lock);
}

enum error limits_connect_relayed(struct limits *l)
{
    pthread_mutex_lock(&l->lock);
    const bool is_full = is_reached(l->connections, l->config.connections_total);
    l->connections += !is_full;
    pthread_mutex_unlock(&l->lock);
    return is_full ? ERR_OVERLOADED : OK;
}

void limits_disconnect_relayed(struct limits *l)
{
    pthread_mutex_lock(&l->lock);
    l->connections--;
    pthread_mutex_unlock(&l->lock);
}
