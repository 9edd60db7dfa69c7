#include "store/store.h"

#include "store/engine.h"
#include "store/sqlite/engine.h"

#if KP_POSTGRES
#include "store/postgres/engine.h"
#endif

/* SQLite's engine takes every other URI, since a bare path is one of its forms. */
static const struct engine_ops *engine_for(struct slice uri)
{
#if KP_POSTGRES
    if (postgres_is_meant(uri))
        return &POSTGRES_ENGINE;
#endif
    (void)uri;
    return &SQLITE_ENGINE;
}

enum error store_open(const struct store_config *config, struct store **out, char message[MESSAGE_BYTES])
{
    return store_open_with(engine_for(config->uri), config, out, message);
}
