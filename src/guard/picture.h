/* picture.h - is that an image which browsers show, and which can do no harm?
 *
 * Whoever sends an image may say of it what he likes, so its type is found in its bytes. Only types
 * that hold pixels and nothing else are known: SVG can hold scripts and is not among them. Of a file
 * only what says how large the picture is gets read, so that a small file that unfolds into
 * gigabytes is refused without being unfolded.
 *
 * Time is linear in the bytes, whatever they are; nothing is allocated. Any thread. */
#ifndef KOLABPAD_GUARD_PICTURE_H
#define KOLABPAD_GUARD_PICTURE_H

#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

/* The numbers are stored in databases: new types are added at the end. */
enum picture_type { PICTURE_PNG = 1, PICTURE_JPEG, PICTURE_GIF, PICTURE_WEBP, PICTURE_AVIF };

enum { PICTURE_PIXELS_MAX = 50 * 1000 * 1000 };

struct picture {
    enum picture_type type;
    uint32_t width, height; /* in pixels; of an animation, of what holds all its frames */
};

/* ERR_IMAGE_TYPE: none of the types, or its head is cut off or contradicts itself. ERR_IMAGE_PIXELS:
 * more than PICTURE_PIXELS_MAX. */
enum error picture_read(struct slice file, struct picture *out);

/* "image/png"; NULL for a number that is no type. */
const char *picture_media_type(int type);

#endif
