#include "store/postgres/host_watch.h"

#include "store/event.h"
#include "store/postgres/boot_clock.h"

enum { LOOK_EVERY_MS = 10 * 1000 };

static void tell(struct host_watch *w, const struct store_config *config, const struct pg_wrong_host *found)
{
    const bool is_former = found->what == PG_FORMER_PRIMARY;
    if (found->what != PG_NOT_WRONG && (int)found->what != w->told)
        event_tell(config, is_former ? STORE_EVENT_FORMER_PRIMARY : STORE_EVENT_ANOTHER_DATABASE, 0, 0,
                   (struct slice){0}, found->why);
    w->told = found->what;
}

enum reply host_watch_connect(struct host_watch *w, const struct store_config *config, struct registry *r,
                              uint64_t incarnation)
{
    char name[REGISTRY_NAME_BYTES];
    registry_connection_name(incarnation, "beat", name);
    const enum reply reply = registry_connect(r, name);
    const struct pg_wrong_host *wrong = &r->connection.wrong;
    if (reply && wrong->what != PG_NOT_WRONG) {
        tell(w, config, wrong);
        w->is_kept_out = true;
    } else if (!reply && w->is_kept_out) {
        event_tell(config, STORE_EVENT_REACHED, 0, 0, (struct slice){0}, "");
        w->is_kept_out = false;
    }
    return reply;
}

void host_watch_look(struct host_watch *w, const struct store_config *config, struct registry *r,
                     int64_t lease_ms)
{
    struct pg_wrong_host found;
    if (boot_us() - w->looked_us < LOOK_EVERY_MS * 1000)
        return;
    w->looked_us = boot_us();
    const int64_t patience_ms = lease_ms / 8 < PG_LOOK_MS ? lease_ms / 8 : PG_LOOK_MS;
    pg_look_at_others(&r->connection, patience_ms, &found);
    tell(w, config, &found);
}
