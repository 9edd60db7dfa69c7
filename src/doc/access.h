/* access.h - how much somebody may do with a document: view < edit < own. */
#ifndef KOLABPAD_DOC_ACCESS_H
#define KOLABPAD_DOC_ACCESS_H

#include "store/rights.h"

enum access { ACCESS_NONE, ACCESS_VIEW, ACCESS_EDIT, ACCESS_OWN };

enum { LINK_ID_CHARS = STORE_LINK_ID_BYTES }; /* of what names a link, and opens nothing */

/* "none", "view", "edit" or "own"; static. */
const char *access_name(enum access access);

#endif
