#include "shard/owners.h"

#include "base/hash.h"
#include "guard/random.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 1024, ADDRESS_MAX = 256 };

struct owners_place {
    uint64_t hash;    /* of the id; two ids are told apart by it alone */
    int64_t until_ms; /* 0: free */
    uint64_t incarnation;
    size_t address_len;
    char address[ADDRESS_MAX];
};

void owners_deinit(struct owners *owners)
{
    free(owners->places);
    *owners = (struct owners){0};
}

static struct owners_place *place_of(const struct owners *owners, uint64_t hash)
{
    return &owners->places[hash % PLACES];
}

bool owners_find(const struct owners *owners, struct slice id, int64_t now_ms, struct store_owner *out)
{
    if (!owners->places)
        return false;
    uint64_t hash = hash_bytes(owners->seed, id);
    const struct owners_place *place = place_of(owners, hash);
    if (place->hash != hash || now_ms >= place->until_ms)
        return false;
    *out = (struct store_owner){.incarnation = place->incarnation,
                                .address = slice_of(place->address, place->address_len)};
    return true;
}

static bool has_places(struct owners *owners)
{
    if (owners->places)
        return true;
    owners->seed = random_u64();
    owners->places = calloc(PLACES, sizeof(*owners->places));
    return owners->places;
}

void owners_remember(struct owners *owners, struct slice id, const struct store_owner *owner, int64_t now_ms)
{
    bool is_address = owner->address.len > 0 && owner->address.len <= ADDRESS_MAX;
    if (!is_address || !has_places(owners))
        return;
    uint64_t hash = hash_bytes(owners->seed, id);
    struct owners_place *place = place_of(owners, hash);
    *place = (struct owners_place){.hash = hash,
                                   .until_ms = now_ms + OWNERS_FRESH_MS,
                                   .incarnation = owner->incarnation,
                                   .address_len = owner->address.len};
    memcpy(place->address, owner->address.ptr, owner->address.len);
}

void owners_forget(struct owners *owners, struct slice id)
{
    uint64_t hash = hash_bytes(owners->seed, id);
    if (owners->places && place_of(owners, hash)->hash == hash)
        place_of(owners, hash)->until_ms = 0;
}

void owners_forget_all(struct owners *owners)
{
    owners_deinit(owners);
}
