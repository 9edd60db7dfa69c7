#include "store/postgres/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* By the first letters; the longest row that fits decides. */
static const struct row {
    const char *prefix;
    enum reply reply;
    bool ends_connection; /* another host may be the primary by now, or this one is going away */
} ROWS[] = {
    {"00", REPLY_OK, false},
    {"01", REPLY_LOST, true},          /* warnings: a commit that no standby has confirmed */
    {"08", REPLY_LOST, true},          /* connection exceptions */
    {"22", REPLY_NEVER, false},        /* data exceptions */
    {"23", REPLY_NEVER, false},        /* constraints */
    {"23505", REPLY_DUPLICATE, false}, /* unique_violation */
    {"25006", REPLY_NOT_NOW, true},    /* read_only_sql_transaction: a standby */
    {"26000", REPLY_NOT_NOW, true},    /* a prepared statement is gone: something between pools connections */
    {"28", REPLY_MISCONFIGURED, true}, /* authorization */
    {"3D000", REPLY_MISCONFIGURED, true},
    {"40001", REPLY_AGAIN, false},      /* serialization_failure */
    {"40003", REPLY_LOST, true},        /* statement_completion_unknown */
    {"40P01", REPLY_AGAIN, false},      /* deadlock_detected */
    {"42", REPLY_MISCONFIGURED, false}, /* names and rights */
    {"53", REPLY_NOT_NOW, false},       /* full, too many connections, out of memory */
    {"54", REPLY_NEVER, false},         /* program limits */
    {"55P03", REPLY_LOCKED, false},     /* lock_not_available */
    {"57014", REPLY_LOST, true},        /* query_canceled: by somebody else, and perhaps in the commit */
    {"57P", REPLY_LOST, true},          /* the server stops, crashes or starts */
    {"57P03", REPLY_NOT_NOW, true},     /* cannot_connect_now */
    {"58", REPLY_NOT_NOW, false},       /* the server's disk */
    {"XX", REPLY_NOT_NOW, false},       /* damaged pages and worse */
};

static const struct row *row_of(const char *sqlstate)
{
    const struct row *best = NULL;
    for (size_t i = 0; sqlstate && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        size_t len = strlen(ROWS[i].prefix);
        if (strncmp(sqlstate, ROWS[i].prefix, len) == 0 && (!best || len > strlen(best->prefix)))
            best = &ROWS[i];
    }
    return best;
}

enum reply sqlstate_reply(const char *sqlstate)
{
    const struct row *row = row_of(sqlstate);
    return row ? row->reply : REPLY_NOT_NOW;
}

bool sqlstate_ends_connection(const char *sqlstate)
{
    const struct row *row = row_of(sqlstate);
    return row && row->ends_connection;
}

enum error reply_error(enum reply reply)
{
    if (reply == REPLY_OK)
        return OK;
    return reply == REPLY_NO_MEMORY ? ERR_NO_MEMORY : ERR_STORAGE;
}
