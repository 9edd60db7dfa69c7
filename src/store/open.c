#include "store/store.h"

#include "store/engine.h"
#include "store/sqlite/engine.h"

/* SQLite's engine takes every URI, since a bare path is one of its forms. */
static const struct engine_ops *engine_for(struct slice uri)
{
    (void)uri;
    return &SQLITE_ENGINE;
}

enum error store_open(const struct store_config *config, struct store **out, char message[MESSAGE_BYTES])
{
    return store_open_with(engine_for(config->uri), config, out, message);
}
