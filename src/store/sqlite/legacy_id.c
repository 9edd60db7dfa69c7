#include "store/sqlite/legacy_id.h"

#include "base/percent.h"
#include "text/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ID_BYTES_MAX = 128, DIGITS = 16, STEM_BYTES_MAX = ID_BYTES_MAX - 1 - DIGITS };

/* Of valid UTF-8, whose U+0080 … U+009F are two bytes. */
static bool is_refused(struct slice rest)
{
    const unsigned char byte = (unsigned char)rest.ptr[0];
    return byte < 0x20 || byte == 0x7f || byte == '/' ||
           (byte == 0xc2 && rest.len > 1 && (unsigned char)rest.ptr[1] < 0xa0);
}

bool legacy_id_is_valid(struct slice id)
{
    if (id.len == 0 || id.len > ID_BYTES_MAX || utf8_check(id, NULL))
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (is_refused(slice_from(id, i)))
            return false;
    return true;
}

bool legacy_id_decode(struct slice id, struct buf *out)
{
    bool has_escapes = false;
    buf_clear(out);
    while (id.len > 0) {
        const bool is_escape = id.ptr[0] == '%';
        const int byte = is_escape ? percent_escape(id) : (unsigned char)id.ptr[0];
        if (byte < 0 || buf_append_byte(out, (uint8_t)byte))
            return false;
        has_escapes |= is_escape;
        id = slice_from(id, is_escape ? PERCENT_ESCAPE_BYTES : 1);
    }
    return has_escapes && legacy_id_is_valid(buf_slice(out));
}

/* FNV-1a. */
static uint64_t hash_of(struct slice id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static size_t point_bytes(struct slice rest)
{
    size_t len = 1;
    while (len < rest.len && ((unsigned char)rest.ptr[len] & 0xc0) == 0x80)
        len++;
    return len;
}

static enum error append_stem(struct slice id, struct buf *out)
{
    enum error err = OK;
    size_t len;
    for (; !err && id.len > 0; id = slice_from(id, len)) {
        len = point_bytes(id);
        if (out->len + len > STEM_BYTES_MAX)
            return OK;
        err = is_refused(id) ? buf_append_byte(out, '-') : buf_append(out, slice_of(id.ptr, len));
    }
    return err;
}

enum error legacy_id_rename(struct slice id, struct buf *out)
{
    char digits[DIGITS + 2];
    const struct slice stem = utf8_check(id, NULL) ? SLICE("pad") : id;
    snprintf(digits, sizeof digits, "-%016llx", (unsigned long long)hash_of(id));
    buf_clear(out);
    enum error err = append_stem(stem.len > 0 ? stem : SLICE("pad"), out);
    return err ? err : buf_append(out, slice_from_cstr(digits));
}
