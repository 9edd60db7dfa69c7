#include "store/rights.h"

#include "base/alloc.h"

#include <string.h>

/* The links and their names are one allocation. */
enum error store_rights_copy(const struct store_rights *rights, struct store_rights *out)
{
    size_t bytes = rights->link_count * sizeof(struct store_link);
    for (uint32_t i = 0; i < rights->link_count; i++)
        bytes += rights->links[i].name.len;
    struct store_rights copy = *rights;
    copy.links = bytes > 0 ? mem_alloc(bytes) : NULL;
    if (bytes > 0 && !copy.links)
        return ERR_NO_MEMORY;
    char *names = (char *)(copy.links + rights->link_count);
    for (uint32_t i = 0; i < rights->link_count; i++) {
        struct slice name = rights->links[i].name;
        copy.links[i] = rights->links[i];
        copy.links[i].name = slice_of(names, name.len);
        if (name.len > 0)
            memcpy(names, name.ptr, name.len);
        names += name.len;
    }
    *out = copy;
    return OK;
}

void store_rights_free(struct store_rights *rights)
{
    mem_free(rights->links);
    *rights = (struct store_rights){0};
}

static const struct slice EDIT = {"edit", 4}, VIEW = {"view", 4};

struct slice store_link_role(const struct store_link *link)
{
    return link->may_edit ? EDIT : VIEW;
}

bool store_role_may_edit(struct slice role)
{
    return slice_equal(role, EDIT);
}

bool store_link_is_withdrawn(const struct store_link *link)
{
    return link->expires_ms == STORE_LINK_WITHDRAWN_MS;
}

int64_t store_rights_next_end_ms(const struct store_rights *rights, int64_t after_ms)
{
    int64_t next_ms = 0;
    for (uint32_t i = 0; i < rights->link_count; i++) {
        int64_t end_ms = rights->links[i].expires_ms;
        if (end_ms > after_ms && (next_ms == 0 || end_ms < next_ms))
            next_ms = end_ms;
    }
    return next_ms;
}
