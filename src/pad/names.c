/* Names of people and languages: what is allowed in them, and who owns them. */
#include "base/alloc.h"
#include "base/mem.h"
#include "pad/pad_private.h"

#include "text/utf8.h"

/* ---- owned strings ---- */

enum error name_copy(struct slice from, struct slice *out)
{
    if (!from.ptr) {
        *out = (struct slice){0};
        return OK;
    }
    char *copy = mem_alloc(from.len > 0 ? from.len : 1);
    if (!copy)
        return ERR_NO_MEMORY;
    if (from.len > 0)
        memcpy(copy, from.ptr, from.len);
    *out = slice_of(copy, from.len);
    return OK;
}

void name_free(struct slice *name)
{
    mem_free((void *)(uintptr_t)name->ptr); /* owned here, although slices are made for borrowed bytes */
    *name = (struct slice){0};
}

void name_replace(struct slice *to, struct slice copy)
{
    name_free(to);
    *to = copy;
}

/* ---- what a name may hold ---- */

enum { NAME_BYTES_MAX = 4 * PAD_NAME_POINTS_MAX };

struct points_range {
    uint32_t first, last;
};

static bool is_in(uint32_t point, const struct points_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* Control characters, and those that turn the direction of the text around
 * them or end its line: a name must not reach beyond itself. */
static bool is_dropped(uint32_t point)
{
    static const struct points_range dropped[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
        {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff},
    };
    return is_in(point, dropped, sizeof dropped / sizeof *dropped);
}

/* Spaces, and letters that look like one: a blank of Braille, fillers of Hangul. */
static bool is_blank(uint32_t point)
{
    static const struct points_range blank[] = {
        {' ', ' '},       {0xa0, 0xa0},     {0x115f, 0x1160}, {0x1680, 0x1680},
        {0x2000, 0x200b}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x2800, 0x2800},
        {0x3000, 0x3000}, {0x3164, 0x3164}, {0xffa0, 0xffa0},
    };
    return is_in(point, blank, sizeof blank / sizeof *blank);
}

/* What says how its neighbours look, such as the colour of a heart or a flag's country, and
 * shows nothing itself: Unicode's Default_Ignorable_Code_Point, without the above. */
static bool is_invisible(uint32_t point)
{
    static const struct points_range invisible[] = {
        {0xad, 0xad},       {0x34f, 0x34f},     {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200c, 0x200d},   {0x2060, 0x206f},   {0xfe00, 0xfe0f},   {0xfff0, 0xfff8},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    return is_in(point, invisible, sizeof invisible / sizeof *invisible);
}

/* The code point at the front of valid text, and its length in bytes. */
static uint32_t first_point(struct slice text, size_t *len_bytes)
{
    const uint8_t lead = (uint8_t)text.ptr[0];
    *len_bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t point = *len_bytes == 1 ? lead : lead & (0x7fu >> *len_bytes);
    for (size_t i = 1; i < *len_bytes; i++)
        point = point << 6 | ((uint8_t)text.ptr[i] & 0x3fu);
    return point;
}

enum error pad_clean_name(struct slice raw, struct buf *out)
{
    buf_clear(out);
    if (utf8_check(raw, NULL) != OK)
        return ERR_BAD_TEXT;
    const enum error err = buf_reserve(out, raw.len < NAME_BYTES_MAX ? raw.len : NAME_BYTES_MAX);
    if (err)
        return err;
    size_t len_bytes, visible_end = 0; /* of the last point that can be seen: the rest is trimmed */
    unsigned points = 0;
    for (struct slice rest = raw; rest.len > 0 && points < PAD_NAME_POINTS_MAX;
         rest = slice_from(rest, len_bytes)) {
        const uint32_t point = first_point(rest, &len_bytes);
        if (is_dropped(point) || (points == 0 && (is_blank(point) || is_invisible(point))))
            continue;
        /* What is invisible belongs to what it stands behind. */
        const bool is_seen = !is_blank(point) && (!is_invisible(point) || out->len == visible_end);
        buf_append(out, slice_of(rest.ptr, len_bytes)); /* reserved above */
        points++;
        if (is_seen)
            visible_end = out->len;
    }
    out->len = visible_end;
    return OK;
}

enum error name_of_user(struct slice raw, struct slice *out)
{
    struct buf clean = {0};
    enum error err = pad_clean_name(raw, &clean);
    if (!err)
        err = name_copy(clean.len > 0 ? buf_slice(&clean) : SLICE("Anonymous"), out);
    buf_deinit(&clean);
    return err;
}

enum error pad_clean_language(struct slice raw, struct buf *out)
{
    buf_clear(out);
    if (utf8_check(raw, NULL) != OK)
        return ERR_BAD_TEXT;
    const enum error err =
        buf_reserve(out, raw.len < PAD_LANGUAGE_KEPT_BYTES_MAX ? raw.len : PAD_LANGUAGE_KEPT_BYTES_MAX);
    if (err)
        return err;
    size_t len_bytes;
    for (struct slice rest = raw; rest.len > 0; rest = slice_from(rest, len_bytes)) {
        const bool is_kept = !is_dropped(first_point(rest, &len_bytes));
        if (out->len + len_bytes > PAD_LANGUAGE_KEPT_BYTES_MAX)
            break;
        if (is_kept)
            buf_append(out, slice_of(rest.ptr, len_bytes)); /* reserved above */
    }
    return OK;
}

static bool is_language_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '#' || c == '.' || c == '_' || c == '-' || c == ' ';
}

bool pad_language_is_valid(struct slice language)
{
    if (language.len == 0 || language.len > PAD_LANGUAGE_BYTES_MAX)
        return false;
    for (size_t i = 0; i < language.len; i++)
        if (!is_language_char(language.ptr[i]))
            return false;
    return true;
}
