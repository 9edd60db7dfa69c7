#include "api/revision_tag.h"

#include "net/etag.h"

#include <stdio.h>

struct slice revision_tag(uint64_t revision, const struct id128 *epoch, char out[REVISION_TAG_MAX])
{
    char name[ID128_CHARS];
    int len = snprintf(out, REVISION_TAG_MAX, "\"%llu\"", (unsigned long long)revision);
    if (epoch) {
        id128_encode(*epoch, name);
        len =
            snprintf(out, REVISION_TAG_MAX, "\"%llu-%.*s\"", (unsigned long long)revision, ID128_CHARS, name);
    }
    return slice_of(out, (size_t)len);
}

/* A tag of an earlier epoch is right as long as nothing came since. */
static bool names_present(struct slice list, const struct pad *pad, enum etag_comparison how)
{
    char text[REVISION_TAG_MAX];
    bool is_named = etag_list_has(list, revision_tag(pad->revision, NULL, text), how);
    for (size_t i = 0; i < pad->epoch_count && !is_named; i++)
        is_named = pad->epochs[i].first_revision <= pad->revision &&
                   etag_list_has(list, revision_tag(pad->revision, &pad->epochs[i].id, text), how);
    return is_named;
}

/* "*" is anything that was written: it names nothing where nothing was. */
bool revision_tag_permits(const struct http_request *request, const struct pad *pad)
{
    struct slice match = http_header(request, "If-Match"), none_match = http_header(request, "If-None-Match");
    bool is_nothing = pad->revision == 0;
    if (match.ptr &&
        ((is_nothing && slice_equal(match, SLICE("*"))) || !names_present(match, pad, ETAG_STRONG)))
        return false;
    return !none_match.ptr || is_nothing || !names_present(none_match, pad, ETAG_WEAK);
}
