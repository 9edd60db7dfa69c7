/* event.h - telling the store's observer, if there is one. On the thread where
 * it happens: the store's, or that of store_open. */
#ifndef KOLABPAD_STORE_EVENT_H
#define KOLABPAD_STORE_EVENT_H

#include "store/store.h"

static inline void event_tell(const struct store_config *config, enum store_event event, int64_t duration_us,
                              uint32_t count, struct slice id, const char *text)
{
    if (config->on_event)
        config->on_event(config->arg, event, (uint64_t)duration_us, count, id, text);
}

#endif
