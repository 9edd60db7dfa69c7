#include "store/postgres/lane.h"

#include "store/postgres/registry.h"
#include "store/postgres/statements.h"

#include <stdio.h>

void pg_lane_init(struct pg_lane *lane, int16_t number, const struct pg_config *config, bool keeps_history)
{
    *lane = (struct pg_lane){.config = *config, .number = number, .keeps_history = keeps_history};
    list_init(&lane->trims);
    pg_init(&lane->connection, &lane->config);
}

void pg_lane_deinit(struct pg_lane *lane)
{
    pg_close(&lane->connection);
    buf_deinit(&lane->rows);
    for (int i = 0; i < LANE_ARRAYS; i++)
        array_free(&lane->arrays[i]);
}

enum reply pg_lane_connect(struct pg_lane *lane, uint64_t incarnation)
{
    char number[8], name[REGISTRY_NAME_BYTES];
    if (incarnation == 0)
        return REPLY_NOT_NOW;
    snprintf(number, sizeof number, "%d", lane->number);
    registry_connection_name(incarnation, number, name);
    if (lane->incarnation != incarnation)
        lane->is_unknown = false; /* whatever it was, it was the life before that wrote it or not */
    lane->incarnation = incarnation;
    return pg_open(&lane->connection, name);
}

void pg_lane_send_guard(struct pg_lane *lane)
{
    struct parameters p = {0};
    put_int8(&p, (int64_t)lane->incarnation);
    put_int2(&p, lane->number);
    pg_send(&lane->connection, STATEMENT_GUARD, &p);
}
