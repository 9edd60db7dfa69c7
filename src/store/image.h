/* image.h - the images that the store keeps for documents, and how they are asked for.
 *
 * An image belongs to one document and goes with it. It has an id of its own, by which it is
 * read without the document's; what it shows is never changed. The same bytes in the same
 * document are one image. To the store they are bytes: guard/picture.h has looked at them.
 *
 * STORE_IMAGE is read like STORE_HISTORY, beside the lanes (history.h): no edit waits for it. */
#ifndef KOLABPAD_STORE_IMAGE_H
#define KOLABPAD_STORE_IMAGE_H

#include "base/id128.h"

#include <stdbool.h>

/* In and out of STORE_IMAGE_PUT and STORE_IMAGE; part of the request's memory.
 *
 * STORE_IMAGE_PUT adds it to the document `id` of the request, whose row it makes if there is
 * none. Where the document has those bytes already, the answer is that image, and nothing is
 * written. Where all images of the document would be more than `room_bytes`, the result is
 * ERR_IMAGES_FULL, and nothing is written.
 *
 * STORE_IMAGE finds it by `id` here, in whatever document; the request's `found` tells. */
struct store_image {
    struct id128 id;     /* PUT: the one that it is to have, and the one that it has */
    struct id128 digest; /* PUT: of the bytes */
    uint8_t type;        /* in, and out of STORE_IMAGE; so below. The caller's */
    uint32_t width, height;
    struct slice bytes;
    uint64_t room_bytes; /* PUT */

    uint64_t used_bytes; /* PUT, out, also with ERR_IMAGES_FULL: by the images of the document */
    bool was_there;      /* PUT, out: the document has had those bytes before */
};

#endif
