/* asker.h - the tab in whose name a request over HTTP is made, so that everybody is told who it was. */
#ifndef KOLABPAD_API_ASKER_H
#define KOLABPAD_API_ASKER_H

#include "doc/document.h"

/* Is that user in the document, and `client` the token of its connection? v1 clients have none, and are
 * believed. ERR_FORBIDDEN. */
enum error asker_check(struct document *doc, uint64_t user_id, struct id128 client);

#endif
