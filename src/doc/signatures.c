#include "doc/signatures.h"

#include "base/alloc.h"

#include <string.h>

enum { UTF8_POINT_BYTES = 4 };

/* In doc->signatures, in the order of their revisions. */
struct signature {
    uint64_t author, revision;
    int64_t time_ms;
    uint16_t hue;
    uint16_t name_bytes;
    char name[PAD_NAME_POINTS_MAX * UTF8_POINT_BYTES];
};

static uint32_t count_of(const struct document *doc)
{
    return (uint32_t)(doc->signatures.len / sizeof(struct signature));
}

static const struct signature *at(const struct document *doc, uint32_t i)
{
    return (const struct signature *)(const void *)doc->signatures.ptr + i;
}

void signatures_add(struct document *doc, struct pad_peer *peer, uint64_t revision)
{
    if (!doc->documents->policy->keeps_history || !peer->has_info)
        return;
    struct signature s = {.author = peer->user_id,
                          .revision = revision,
                          .time_ms = documents_wall_ms(doc->documents),
                          .hue = peer->hue,
                          .name_bytes = (uint16_t)peer->name.len};
    memcpy(s.name, peer->name.ptr, peer->name.len);
    if (buf_append(&doc->signatures, slice_of((const char *)&s, sizeof s)) == OK)
        pad_sign(peer);
}

enum error signatures_put(const struct document *doc, struct store_request *append)
{
    enum error err = OK;
    for (uint32_t i = 0; !err && i < count_of(doc); i++) {
        const struct signature *s = at(doc, i);
        err =
            store_request_add_author(append, &(struct store_author){.author = s->author,
                                                                    .first_revision = s->revision,
                                                                    .name = slice_of(s->name, s->name_bytes),
                                                                    .hue = s->hue,
                                                                    .seen_ms = s->time_ms});
    }
    return err;
}

void signatures_written(struct document *doc, uint64_t revision)
{
    uint32_t count = 0;
    while (count < count_of(doc) && at(doc, count)->revision < revision)
        count++;
    buf_drop_front(&doc->signatures, count * sizeof(struct signature));
    if (doc->signatures.len == 0)
        buf_deinit(&doc->signatures);
}
