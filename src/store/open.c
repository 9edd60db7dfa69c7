#include "store/store.h"

#include "store/engine.h"
#include "store/sqlite/engine.h"

#include <string.h>

#if KP_POSTGRES
#include "store/postgres/engine.h"
#endif

bool uri_is_postgres(struct slice uri)
{
    static const char *const SCHEMES[] = {"postgres://", "postgresql://"};
    for (size_t i = 0; i < sizeof SCHEMES / sizeof SCHEMES[0]; i++) {
        size_t len = strlen(SCHEMES[i]);
        if (uri.len >= len && memcmp(uri.ptr, SCHEMES[i], len) == 0)
            return true;
    }
    return false;
}

/* SQLite's engine takes every other URI, since a bare path is one of its forms. */
enum error store_open(const struct store_config *config, struct store **out, char message[MESSAGE_BYTES])
{
    if (!uri_is_postgres(config->uri))
        return store_open_with(&SQLITE_ENGINE, config, out, message);
#if KP_POSTGRES
    return store_open_with(&POSTGRES_ENGINE, config, out, message);
#else
    return message_error(message, "This program was built without PostgreSQL (KP_POSTGRES=OFF).");
#endif
}
