/* comment_store.h - the comments of a pad in requests to the store. Internal to src/doc. */
#ifndef KOLABPAD_DOC_COMMENT_STORE_H
#define KOLABPAD_DOC_COMMENT_STORE_H

#include "pad/pad.h"
#include "store/store.h"

/* What a LOAD has of comments; NULL: nothing. ERR_NO_MEMORY. */
enum error comments_restore(const struct store_request *req, struct comments **out);
/* The places of the pad's threads at that revision, to which it has the operations, for a SNAPSHOT or a
 * COMMENT; nothing where there are none to be stored. ERR_NO_MEMORY. */
enum error comments_put_places(const struct pad *pad, struct store_request *req, uint64_t revision);

#endif
