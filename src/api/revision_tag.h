/* revision_tag.h - entity tags of a document's text.
 *
 *     "812"                            answers to writes, and to GET with ?wait= or ?revision=
 *     "812-q3RkNbXyTgaJ0PZtVvLhOQ"     GET: with the epoch, so that caches are right too: a text that was
 *                                      deleted and made anew, or came from a backup, has another one
 *
 * If-Match takes either. */
#ifndef KOLABPAD_API_REVISION_TAG_H
#define KOLABPAD_API_REVISION_TAG_H

#include "net/http.h"
#include "pad/pad.h"

enum { REVISION_TAG_MAX = 64 };

/* `epoch` NULL: without it. */
struct slice revision_tag(uint64_t revision, const struct id128 *epoch, char out[REVISION_TAG_MAX]);

/* May a request change the text as it is now? Looks at If-Match and If-None-Match; "*" of the latter
 * means that nobody has written anything yet. */
bool revision_tag_permits(const struct http_request *request, const struct pad *pad);

#endif
