/* images.h - the images of documents: added to one, and found by their ids.
 *
 * An image is stored with its document and deleted with it, by whom or whatever. The document does not
 * know its images and its text need not name them: what is deleted from the text may come back, by undo
 * or from the history.
 *
 * image_request looks at the bytes and copies them, on any thread; the rest is the shard's. What is under
 * way may be cancelled, which takes nothing back. */
#ifndef KOLABPAD_DOC_IMAGES_H
#define KOLABPAD_DOC_IMAGES_H

#include "doc/document.h"

/* A STORE_IMAGE_PUT for a document of which all images together may have `room_bytes`; its image has an id
 * that nobody can guess. ERR_IMAGE_TYPE, ERR_IMAGE_PIXELS (guard/picture.h), ERR_NO_MEMORY. */
enum error image_request(struct slice bytes, uint64_t room_bytes, struct store_request **out);

/* One of the two under way; embedded in whatever waits for it. */
struct image_wait {
    /* *answer is the request with its image, also with ERR_IMAGES_FULL; with other errors it is NULL. It is
     * freed after the call, unless `done` takes it: sets it to NULL, and frees it itself, on any thread. */
    void (*done)(struct image_wait *wait, enum error err, struct store_request **answer);
    struct store_request *request; /* NULL: nothing is under way */
    struct documents *documents;
};

/* Stores it: `request` is image_request's, and the store's from now on. `done` is called in a later turn with
 * OK, ERR_IMAGES_FULL or ERR_STORAGE; the image is committed then. On failure `done` is not called, and the
 * request is the caller's: ERR_GONE, ERR_SHUTTING_DOWN, ERR_NO_MEMORY, or why the document is lost. */
enum error document_put_image(struct document *doc, struct store_request *request, struct image_wait *wait);

/* Finds one, in whatever document: `done` is called in a later turn with OK, ERR_NOT_FOUND or ERR_STORAGE. On
 * failure it is not called: ERR_NO_MEMORY. */
enum error image_find(struct documents *docs, struct id128 id, struct image_wait *wait);

/* Whoever waited has gone. Harmless where nothing is under way. */
void image_cancel(struct image_wait *wait);

#endif
