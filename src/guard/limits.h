/* limits.h - how often one address may do what.
 *
 * A token bucket for each (address, action), in a table of bounded size that
 * forgets whoever has been quiet long enough to be full again. A bucket holds
 * what a minute allows, and fills in a minute. One mutex: it is asked on
 * connects, passwords, new documents and writes over HTTP, never for an edit on
 * a WebSocket, whose connection has a bucket of its own. Any thread. An address is its /64 in IPv6. A limit
 * of 0 is no limit.
 *
 * Times are milliseconds of any clock, the same for all calls; one that goes
 * backwards does no harm. */
#ifndef KOLABPAD_GUARD_LIMITS_H
#define KOLABPAD_GUARD_LIMITS_H

#include "net/address.h"

enum limit_action {
    LIMIT_NEW_DOCUMENT,
    LIMIT_PASSWORD_ATTEMPT, /* only failures are counted */
    LIMIT_PASSWORD_CHANGE,
    LIMIT_RIGHTS_CHANGE, /* links, owners, settings, deletions, histories */
    LIMIT_ACTION_COUNT
};

struct limits;

struct limits_config {
    uint32_t per_minute[LIMIT_ACTION_COUNT];
    uint32_t connections_per_address;
    uint32_t connections_total;
    uint32_t addresses_max; /* entries in the table; when full, unknown addresses share one */
};

/* ERR_NO_MEMORY. */
enum error limits_new(const struct limits_config *config, struct limits **out);
void limits_free(struct limits *l);

/* Takes one token; false: ERR_RATE_LIMITED. */
bool limits_take(struct limits *l, enum limit_action action, struct address who, int64_t now_ms);
/* Is there a token? Takes none. */
bool limits_has(struct limits *l, enum limit_action action, struct address who, int64_t now_ms);

/* A connection comes (OK, ERR_RATE_LIMITED for its address, ERR_OVERLOADED for
 * all) and goes. */
enum error limits_connect(struct limits *l, struct address who);
void limits_disconnect(struct limits *l, struct address who);
/* The same for one that another server passes on, which counts its address: here it
 * counts among all. */
enum error limits_connect_relayed(struct limits *l);
void limits_disconnect_relayed(struct limits *l);

/* A bucket for one connection's edits, held by the connection. A zeroed one is
 * full. */
struct edit_bucket {
    int64_t tokens_milli;
    int64_t refilled_ms;
};
/* False: refused. `per_second` 0: no limit. `burst` is what a full one holds. */
bool edit_bucket_take(struct edit_bucket *b, uint32_t per_second, uint32_t burst, int64_t now_ms);
/* Charges for what it cost to rebase an edit (pad_peer.edit_work), a token for
 * each EDIT_WORK_PER_TOKEN: some hundred operations that it was behind. The
 * bucket may go into debt, which is worked off at the same rate, so that a
 * client that always edits the distant past cannot keep a shard busy. */
enum { EDIT_WORK_PER_TOKEN = 25000 };
void edit_bucket_charge(struct edit_bucket *b, uint64_t work);

/* The same for an address: writes over HTTP have no connection that could hold one. */
bool limits_take_write(struct limits *l, struct address who, uint32_t per_second, uint32_t burst,
                       int64_t now_ms);
void limits_charge_write(struct limits *l, struct address who, uint64_t work);

#endif
