#include "guard/picture.h"

#include <stdbool.h>
#include <string.h>

/* ---- bytes; what is not there reads as 0 ------------------------------------- */

static uint32_t byte_at(struct slice s, size_t at)
{
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static uint32_t big16(struct slice s, size_t at)
{
    return byte_at(s, at) << 8 | byte_at(s, at + 1);
}

static uint32_t big32(struct slice s, size_t at)
{
    return big16(s, at) << 16 | big16(s, at + 2);
}

static uint32_t little16(struct slice s, size_t at)
{
    return byte_at(s, at) | byte_at(s, at + 1) << 8;
}

static uint32_t little24(struct slice s, size_t at)
{
    return little16(s, at) | byte_at(s, at + 2) << 16;
}

static bool has(struct slice s, size_t at, struct slice wanted)
{
    return at <= s.len && s.len - at >= wanted.len && memcmp(s.ptr + at, wanted.ptr, wanted.len) == 0;
}

/* ---- PNG: the first chunk says it ---------------------------------------------- */

static bool is_png(struct slice file)
{
    return has(file, 0, SLICE("\x89PNG\r\n\x1a\n"));
}

static void read_png(struct slice file, struct picture *out)
{
    enum { WIDTH = 16, HEIGHT = 20, HEAD_BYTES = 33 };
    if (file.len < HEAD_BYTES || !has(file, 8, SLICE("\0\0\0\rIHDR")))
        return;
    out->width = big32(file, WIDTH);
    out->height = big32(file, HEIGHT);
}

/* ---- JPEG: segments, up to the one that begins the frame ------------------------- */

static bool is_jpeg(struct slice file)
{
    return has(file, 0, SLICE("\xff\xd8\xff"));
}

/* SOF0 to SOF15, among whose numbers three mean something else. */
static bool begins_frame(uint32_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Markers without a length: TEM, restarts, the beginning. */
static bool stands_alone(uint32_t marker)
{
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

static void read_jpeg(struct slice file, struct picture *out)
{
    enum { START_OF_SCAN = 0xda, END = 0xd9, PADDING = 0xff, FRAME_HEAD_BYTES = 10 };
    size_t at = 2;
    while (at + 4 <= file.len && byte_at(file, at) == 0xff) {
        uint32_t marker = byte_at(file, at + 1);
        if (begins_frame(marker)) {
            if (at + FRAME_HEAD_BYTES > file.len)
                return;
            out->height = big16(file, at + 5);
            out->width = big16(file, at + 7);
            return;
        }
        if (marker == START_OF_SCAN || marker == END)
            return;
        uint32_t len = big16(file, at + 2);
        if (marker == PADDING)
            at += 1;
        else if (stands_alone(marker))
            at += 2;
        else if (len >= 2)
            at += 2 + len;
        else
            return;
    }
}

/* ---- GIF: the screen, and each frame, which browsers let be larger -------------- */

static bool is_gif(struct slice file)
{
    return has(file, 0, SLICE("GIF87a")) || has(file, 0, SLICE("GIF89a"));
}

/* Of the table of colours that those flags tell of. */
static size_t colours_bytes(uint32_t flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static size_t skip_blocks(struct slice file, size_t at)
{
    while (at < file.len && byte_at(file, at) > 0)
        at += 1 + byte_at(file, at);
    return at + 1;
}

static uint32_t max_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void read_gif(struct slice file, struct picture *out)
{
    enum { FLAGS = 10, SCREEN_END = 13, EXTENSION = 0x21, FRAME = 0x2c };
    if (file.len <= SCREEN_END)
        return;
    out->width = little16(file, 6);
    out->height = little16(file, 8);
    size_t at = SCREEN_END + colours_bytes(byte_at(file, FLAGS));
    while (at < file.len) {
        uint32_t kind = byte_at(file, at);
        if (kind == FRAME) {
            out->width = max_of(out->width, little16(file, at + 1) + little16(file, at + 5));
            out->height = max_of(out->height, little16(file, at + 3) + little16(file, at + 7));
            at = skip_blocks(file, at + 11 + colours_bytes(byte_at(file, at + 9)));
        } else if (kind == EXTENSION) {
            at = skip_blocks(file, at + 2);
        } else {
            return;
        }
    }
}

/* ---- WebP: the first chunk, of one of three kinds ------------------------------- */

static bool is_webp(struct slice file)
{
    return has(file, 0, SLICE("RIFF")) && has(file, 8, SLICE("WEBP"));
}

static void read_webp(struct slice file, struct picture *out)
{
    enum { CHUNK = 12, DATA = 20, HEAD_BYTES = 30 };
    if (file.len < HEAD_BYTES)
        return;
    if (has(file, CHUNK, SLICE("VP8X"))) {
        out->width = little24(file, DATA + 4) + 1;
        out->height = little24(file, DATA + 7) + 1;
    } else if (has(file, CHUNK, SLICE("VP8L")) && byte_at(file, DATA) == 0x2f) {
        uint32_t bits = little24(file, DATA + 1) | byte_at(file, DATA + 4) << 24;
        out->width = (bits & 0x3fff) + 1;
        out->height = (bits >> 14 & 0x3fff) + 1;
    } else if (has(file, CHUNK, SLICE("VP8 ")) && has(file, DATA + 3, SLICE("\x9d\x01\x2a"))) {
        out->width = little16(file, DATA + 6) & 0x3fff;
        out->height = little16(file, DATA + 8) & 0x3fff;
    }
}

/* ---- AVIF: boxes in boxes; the largest of the sizes in it ------------------------ */

/* Takes the next box off the front of *rest; false where there is none that is whole. */
static bool next_box(struct slice *rest, struct slice *type, struct slice *content)
{
    uint64_t len = big32(*rest, 0);
    size_t head = 8;
    if (rest->len < head)
        return false;
    if (len == 1) { /* the length is behind the type, in 64 bits */
        head = 16;
        len = (uint64_t)big32(*rest, 8) << 32 | big32(*rest, 12);
    } else if (len == 0) { /* up to the end */
        len = rest->len;
    }
    if (len < head || len > rest->len)
        return false;
    *type = slice_of(rest->ptr + 4, 4);
    *content = slice_of(rest->ptr + head, (size_t)len - head);
    *rest = slice_from(*rest, (size_t)len);
    return true;
}

static struct slice find_box(struct slice in, struct slice wanted)
{
    struct slice type, content;
    while (next_box(&in, &type, &content))
        if (slice_equal(type, wanted))
            return content;
    return (struct slice){0};
}

static bool is_avif_brand(struct slice file, size_t at)
{
    return has(file, at, SLICE("avif")) || has(file, at, SLICE("avis"));
}

/* The brand is in the first box, or among those that it is compatible with. */
static bool is_avif(struct slice file)
{
    struct slice type, content;
    if (!has(file, 4, SLICE("ftyp")) || !next_box(&file, &type, &content))
        return false;
    if (is_avif_brand(content, 0))
        return true;
    for (size_t at = 8; at < content.len; at += 4)
        if (is_avif_brand(content, at))
            return true;
    return false;
}

static void read_avif(struct slice file, struct picture *out)
{
    enum { VERSION_AND_FLAGS = 4, SIZE_BYTES = 12 };
    struct slice meta = find_box(file, SLICE("meta")), type, content;
    if (meta.len < VERSION_AND_FLAGS)
        return;
    struct slice properties = find_box(slice_from(meta, VERSION_AND_FLAGS), SLICE("iprp"));
    struct slice rest = find_box(properties, SLICE("ipco"));
    while (next_box(&rest, &type, &content)) {
        if (!slice_equal(type, SLICE("ispe")) || content.len < SIZE_BYTES)
            continue;
        out->width = max_of(out->width, big32(content, VERSION_AND_FLAGS));
        out->height = max_of(out->height, big32(content, VERSION_AND_FLAGS + 4));
    }
}

/* ---- all of them ------------------------------------------------------------- */

/* `read` leaves 0 where the head does not say. */
static const struct {
    bool (*is_one)(struct slice file);
    void (*read)(struct slice file, struct picture *out);
    const char *media_type;
} TYPES[] = {
    [PICTURE_PNG] = {is_png, read_png, "image/png"},     [PICTURE_JPEG] = {is_jpeg, read_jpeg, "image/jpeg"},
    [PICTURE_GIF] = {is_gif, read_gif, "image/gif"},     [PICTURE_WEBP] = {is_webp, read_webp, "image/webp"},
    [PICTURE_AVIF] = {is_avif, read_avif, "image/avif"},
};
enum { TYPE_COUNT = sizeof(TYPES) / sizeof(TYPES[0]) };

enum error picture_read(struct slice file, struct picture *out)
{
    for (int type = PICTURE_PNG; type < TYPE_COUNT; type++) {
        if (!TYPES[type].is_one(file))
            continue;
        struct picture picture = {.type = (enum picture_type)type};
        TYPES[type].read(file, &picture);
        if (picture.width == 0 || picture.height == 0)
            return ERR_IMAGE_TYPE;
        if ((uint64_t)picture.width * picture.height > PICTURE_PIXELS_MAX)
            return ERR_IMAGE_PIXELS;
        *out = picture;
        return OK;
    }
    return ERR_IMAGE_TYPE;
}

const char *picture_media_type(int type)
{
    return type >= PICTURE_PNG && type < TYPE_COUNT ? TYPES[type].media_type : NULL;
}
