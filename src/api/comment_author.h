/* comment_author.h - who writes a comment, and what it is called.
 *
 *     X-Author-Token: 22 characters of base64url   by which an author is known again; told to nobody
 *     X-Author-Hue: 180, or ?hue=                  the colour; that of the name without it
 *
 * and the name and the Idempotency-Key as author.h has them. Any thread. */
#ifndef KOLABPAD_API_COMMENT_AUTHOR_H
#define KOLABPAD_API_COMMENT_AUTHOR_H

#include "net/http.h"
#include "pad/comment_thread.h"

/* The author of a request about the document `id`; `name` holds the name, also on failure, and is the
 * caller's to free. ERR_BAD_NAME, ERR_BAD_AUTHOR, ERR_NO_MEMORY. */
enum error comment_author_of(const struct http_request *request, struct slice id, struct buf *name,
                             struct comment_author *out);

/* The id of the comment that a request with an Idempotency-Key makes: in its first half the key's
 * (COMMENT_KEY_CHARS), in its second one that of what is asked, of that thread or a new one (NULL ptr).
 * *has_id false: it has no key. ERR_BAD_KEY. */
enum error comment_id_of(const struct http_request *request, struct slice id, struct slice thread,
                         char out[COMMENT_ID_CHARS], bool *has_id);

#endif
