#include "api/route_path.h"

#include "net/http.h"
#include "text/utf8.h"

#include <string.h>

enum { DOCUMENT_ID_BYTES_MAX = 128 };

/* ---- matching ---- */

/* The bytes of `path` up to the next slash. */
static struct slice segment_of(struct slice path)
{
    const char *end = path.len > 0 ? memchr(path.ptr, '/', path.len) : NULL;
    return end ? slice_of(path.ptr, (size_t)(end - path.ptr)) : path;
}

bool route_path_matches(const char *route, struct slice path, struct route_places *out)
{
    struct slice wanted = slice_from_cstr(route);
    *out = (struct route_places){0};
    while (wanted.len > 0) {
        if (wanted.ptr[0] == '{') {
            struct slice part = segment_of(path);
            out->at[out->count++] = part;
            path = slice_from(path, part.len);
            wanted = slice_from(wanted, segment_of(wanted).len);
        } else if (path.len > 0 && path.ptr[0] == wanted.ptr[0]) {
            path = slice_from(path, 1);
            wanted = slice_from(wanted, 1);
        } else {
            return false;
        }
    }
    return path.len == 0;
}

/* ---- names ---- */

bool route_id_is_valid(struct slice id)
{
    if (id.len == 0 || id.len > DOCUMENT_ID_BYTES_MAX || utf8_check(id, NULL))
        return false;
    for (size_t i = 0; i < id.len; i++) {
        unsigned char byte = (unsigned char)id.ptr[i];
        if (byte < 0x20 || byte == 0x7f || byte == '/')
            return false;
        if (byte == 0xc2 && (unsigned char)id.ptr[i + 1] < 0xa0) /* U+0080 … U+009F */
            return false;
    }
    return true;
}

static bool decode(struct slice escaped, struct buf *memory, struct slice *out)
{
    bool is_good = http_percent_decode(escaped, memory);
    *out = slice_of(memory->ptr ? memory->ptr : "", memory->len);
    return is_good;
}

enum error route_names_read(const char *route, const struct route_places *places, struct route_names *out)
{
    bool has_id = strstr(route, "{id}") != NULL;
    *out = (struct route_names){0};
    if (has_id && (!decode(places->at[0], &out->memory[0], &out->id) || !route_id_is_valid(out->id)))
        return ERR_BAD_ID;
    uint32_t first = has_id ? 1 : 0;
    for (uint32_t i = first; i < places->count; i++)
        if (!decode(places->at[i], &out->memory[i], &out->parts[i - first]))
            return ERR_NOT_FOUND;
    return OK;
}

void route_names_deinit(struct route_names *names)
{
    for (uint32_t i = 0; i < ROUTE_PLACES_MAX; i++)
        buf_deinit(&names->memory[i]);
}
