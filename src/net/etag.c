#include "net/etag.h"

#include "net/header_list.h"

#include <string.h>

/* Takes the next tag off `*list`, with its quotes and without W/, and the comma behind
 * it. A tag may hold commas, so this list is not one of header_list.h. Empty: there is
 * none any more, or it is malformed. */
static struct slice next_tag(struct slice *list, bool *is_weak)
{
    struct slice none = {0};

    while (list->len > 0 && (list->ptr[0] == ' ' || list->ptr[0] == '\t' || list->ptr[0] == ','))
        *list = slice_from(*list, 1);
    *is_weak = list->len > 2 && memcmp(list->ptr, "W/", 2) == 0;
    if (*is_weak)
        *list = slice_from(*list, 2);
    if (list->len < 2 || list->ptr[0] != '"')
        return none;
    const char *quote = memchr(list->ptr + 1, '"', list->len - 1);
    if (!quote)
        return none;
    struct slice tag = slice_of(list->ptr, (size_t)(quote + 1 - list->ptr));
    *list = trim_blanks(slice_from(*list, tag.len));
    return list->len == 0 || list->ptr[0] == ',' ? tag : none;
}

bool etag_list_has(struct slice list, struct slice tag, enum etag_comparison how)
{
    bool is_weak;

    if (slice_equal(trim_blanks(list), SLICE("*")))
        return true;
    for (;;) {
        struct slice item = next_tag(&list, &is_weak);
        if (item.len == 0)
            return false;
        if (slice_equal(item, tag) && (how == ETAG_WEAK || !is_weak))
            return true;
    }
}

/* In the order of RFC 9110, 13.2.2. The conditions on times are about Last-Modified,
 * which nothing here has. */
int etag_status(const struct http_request *req, struct slice tag)
{
    struct slice match = http_header(req, "If-Match"), none_match = http_header(req, "If-None-Match");

    if (match.ptr && !etag_list_has(match, tag, ETAG_STRONG))
        return 412;
    if (none_match.ptr && etag_list_has(none_match, tag, ETAG_WEAK))
        return 304;
    return 200;
}
