#include "store/postgres/host.h"

#include <stdlib.h>
#include <string.h>

enum { KEYWORDS_MAX = 96, LIST_ITEM_BYTES = 512 };

/* Ours, unless the URL says otherwise: a connection that has died is noticed within seconds. */
static const char *const DEFAULTS[][2] = {
    {"target_session_attrs", "read-write"}, {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},           {"keepalives_count", "2"},
    {"tcp_user_timeout", "5000"},
};
enum { DEFAULT_COUNT = sizeof DEFAULTS / sizeof DEFAULTS[0] };

static PQconninfoOption *parse(const char *url)
{
    char *error = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &error);
    PQfreemem(error);
    return options;
}

bool host_url_is_valid(const char *url)
{
    PQconninfoOption *options = parse(url);
    PQconninfoFree(options);
    return options != NULL;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0)
            return o->val;
    return NULL;
}

/* ---- lists ----------------------------------------------------------------- */

static uint32_t list_length(const char *list)
{
    uint32_t length = list && *list;
    for (; list && *list; list++)
        length += *list == ',';
    return length;
}

/* Copies the item; a list of one is the same for every index, as in libpq. */
static const char *list_item(const char *list, uint32_t index, char out[LIST_ITEM_BYTES])
{
    if (list_length(list) <= 1)
        return list;
    while (index > 0 && *list)
        index -= *list++ == ',';
    size_t len = strcspn(list, ",");
    if (len >= LIST_ITEM_BYTES)
        len = LIST_ITEM_BYTES - 1;
    memcpy(out, list, len);
    out[len] = '\0';
    return out;
}

static uint32_t count(const PQconninfoOption *options)
{
    uint32_t names = list_length(value_of(options, "host"));
    uint32_t addresses = list_length(value_of(options, "hostaddr"));
    uint32_t hosts = names > addresses ? names : addresses;
    return hosts ? hosts : 1;
}

uint32_t host_count(const char *url)
{
    PQconninfoOption *options = parse(url);
    uint32_t hosts = options ? count(options) : 0;
    PQconninfoFree(options);
    return hosts;
}

/* ---- connecting -------------------------------------------------------------- */

static int64_t deadline_of(const PQconninfoOption *options)
{
    const char *seconds = value_of(options, "connect_timeout");
    long value = seconds ? strtol(seconds, NULL, 10) : 0;
    return value > 0 ? value * 1000 : HOST_DEADLINE_MS;
}

struct keywords {
    const char *names[KEYWORDS_MAX + 1], *values[KEYWORDS_MAX + 1];
    int count;
};

static void add(struct keywords *k, const char *name, const char *value)
{
    if (!value || k->count == KEYWORDS_MAX)
        return;
    k->names[k->count] = name;
    k->values[k->count++] = value;
}

/* Those of which each host has its own item. */
static bool is_list(const char *keyword)
{
    return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0;
}

static PGconn *start(const PQconninfoOption *options, uint32_t index, const char *name)
{
    struct keywords k = {0};
    char host[LIST_ITEM_BYTES], address[LIST_ITEM_BYTES], port[LIST_ITEM_BYTES];
    for (int i = 0; i < DEFAULT_COUNT; i++)
        if (!value_of(options, DEFAULTS[i][0]))
            add(&k, DEFAULTS[i][0], DEFAULTS[i][1]);
    /* Of two with one name the later counts, but not if it is empty: libpq would see the whole list instead
     * of an item that is left out, as ports are in "a,b". */
    for (const PQconninfoOption *o = options; o->keyword; o++)
        if (!is_list(o->keyword))
            add(&k, o->keyword, o->val);
    add(&k, "host", list_item(value_of(options, "host"), index, host));
    add(&k, "hostaddr", list_item(value_of(options, "hostaddr"), index, address));
    add(&k, "port", list_item(value_of(options, "port"), index, port));
    add(&k, "application_name", name);
    add(&k, "client_encoding", "UTF8");
    return PQconnectStartParams(k.names, k.values, 0);
}

PGconn *host_connect(const char *url, uint32_t index, const char *name, int64_t *deadline_ms)
{
    PQconninfoOption *options = parse(url);
    if (!options)
        return NULL;
    *deadline_ms = deadline_of(options);
    PGconn *handle = start(options, index, name);
    PQconninfoFree(options);
    return handle;
}
