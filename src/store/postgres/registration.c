#include "store/postgres/registration.h"

#include "store/event.h"
#include "store/postgres/boot_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { WAIT_STEP_MS = 20 }; /* how soon should_stop is heard */

static uint64_t random_incarnation(void)
{
    uint64_t number = 0;
    while (number == 0)
        if (getrandom(&number, sizeof number, 0) == sizeof number)
            number >>= 1; /* 63 bits: PostgreSQL's numbers have a sign */
    return number;
}

/* ---- one attempt --------------------------------------------------------------- */

static bool is_same_address(const struct registration *r, const struct rival *rival)
{
    return r->config->address.len > 0 && slice_equal(r->config->address, slice_from_cstr(rival->address));
}

/* What this process has left behind is in nobody's way: a life that is over, or one whose
 * registration nobody has confirmed. */
static enum reply clear_away(struct registration *r)
{
    if (r->attempted == 0)
        return REPLY_OK;
    enum reply reply = registry_resign(r->registry, r->attempted);
    if (reply == REPLY_LOCKED)
        registry_terminate(r->registry, r->attempted);
    if (reply == REPLY_OK)
        r->attempted = 0;
    return reply;
}

/* A rival whose beat lies in the future is looked at anew, with one of now: that it has changed is no sign of
 * life. */
static enum reply register_life(struct registration *r, uint64_t incarnation, struct rival *rival,
                                uint8_t secret[32])
{
    enum reply reply = registry_register(r->registry, r->config, incarnation, rival, secret);
    if (reply || rival->incarnation == 0 || rival->silent_ms >= 0)
        return reply;
    r->watch = (struct rival_watch){0};
    reply = registry_clock_went_back(r->registry);
    return reply ? reply : registry_register(r->registry, r->config, incarnation, rival, secret);
}

/* ERR_SHUTTING_DOWN: not yet, somebody is in the way or the database away. ERR_STORAGE: never, `watch` is
 * about a living server with our address. */
static enum error attempt(struct registration *r, struct registered *out)
{
    const uint64_t incarnation = random_incarnation();
    struct rival rival;
    uint8_t secret[32] = {0};
    registry_close(r->registry); /* it is called after the life before */
    const int64_t sent_us = boot_us();
    if (host_watch_connect(r->hosts, r->config, r->registry, incarnation) || clear_away(r))
        return ERR_SHUTTING_DOWN;
    r->attempted = incarnation;
    if (register_life(r, incarnation, &rival, secret))
        return ERR_SHUTTING_DOWN;
    if (rival.incarnation == 0) {
        out->incarnation = incarnation;
        out->sent_us = sent_us;
        memcpy(out->secret, secret, sizeof out->secret);
        return OK;
    }
    rival_watch_look(&r->watch, &rival, sent_us, 2 * BEAT_MS);
    r->watches_address = is_same_address(r, &rival);
    if (r->watch.has_beaten && r->watches_address)
        return ERR_STORAGE;
    const int64_t silent_ms = (sent_us - r->watch.since_us) / 1000;
    const struct patience patience = judge_patience(r->judge, rival.incarnation, rival.address, silent_ms);
    /* One with our own address is what was here before us, and looks for no database any more. */
    const bool has_grace = r->watch.was_blind && !is_same_address(r, &rival);
    if (silent_ms >= (has_grace ? patience.grace_ms : patience.silent_ms))
        judge_reap(r->judge, 0, rival.incarnation, &patience);
    return ERR_SHUTTING_DOWN;
}

/* ---- again and again ------------------------------------------------------------ */

static void tell_waiting(struct registration *r)
{
    char text[384];
    if (r->has_waited || r->watch.incarnation == 0)
        return;
    /* At our own address: that is waited for only if it does not live, which shows within two beats. */
    if (r->watches_address && boot_us() - r->watch.since_us < 2 * BEAT_MS * 1000)
        return;
    r->has_waited = true;
    snprintf(text, sizeof text,
             "server %" PRIu64 " uses the database; it can be shared only by servers with "
             "a CLUSTER_ADDRESS of their own",
             r->watch.incarnation);
    event_tell(r->config, STORE_EVENT_WAITING, 0, 0, (struct slice){0}, text);
}

static void tell_begun(struct registration *r)
{
    if (r->has_waited)
        event_tell(r->config, STORE_EVENT_LOCKED, 0, 0, (struct slice){0}, "");
    r->has_waited = false;
    r->watch = (struct rival_watch){0};
}

enum error registration_try(struct registration *r, struct registered *out)
{
    enum error err = attempt(r, out);
    if (err)
        tell_waiting(r);
    else
        tell_begun(r);
    return err;
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* False: config->should_stop said so. */
static bool wait_a_beat(const struct registration *r)
{
    for (int waited_ms = 0; waited_ms < BEAT_MS / 2; waited_ms += WAIT_STEP_MS) {
        if (r->config->should_stop && r->config->should_stop(r->config->arg))
            return false;
        sleep_ms(WAIT_STEP_MS);
    }
    return true;
}

enum error registration_get_in(struct registration *r, struct registered *out, char message[MESSAGE_BYTES])
{
    enum error err;
    while ((err = attempt(r, out)) == ERR_SHUTTING_DOWN) {
        if (r->watch.incarnation == 0) /* nobody is in the way, so it is the database */
            return message_error(message, "Cannot use the database in DATABASE_URL: %s.",
                                 r->registry->connection.why);
        tell_waiting(r);
        if (!wait_a_beat(r))
            return ERR_SHUTTING_DOWN;
    }
    if (err)
        return message_error(message,
                             "Another server that is running uses the same database with the same "
                             "CLUSTER_ADDRESS, %.*s. Give each server the address where the others reach it.",
                             (int)r->config->address.len, r->config->address.ptr);
    tell_begun(r);
    return OK;
}
