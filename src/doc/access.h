/* access.h - how much somebody may do with a document: view < edit < own; and with its comments: none < read
 * < write.
 *
 * The second follows from the first for whoever may edit, who writes comments. What it is for one who may
 * not, the way in says, and stays whatever becomes of the first: none by a link for reading, read by any
 * other way, write by a link for comments. */
#ifndef KOLABPAD_DOC_ACCESS_H
#define KOLABPAD_DOC_ACCESS_H

#include "store/rights.h"

enum access { ACCESS_NONE, ACCESS_VIEW, ACCESS_EDIT, ACCESS_OWN };

enum { LINK_ID_CHARS = STORE_LINK_ID_BYTES }; /* of what names a link, and opens nothing */

/* "none", "view", "edit" or "own"; static. */
const char *access_name(enum access access);

enum comments_access { COMMENTS_NONE, COMMENTS_READ, COMMENTS_WRITE };

/* What may be done with comments by one who has that access, and by the way in that much of comments at
 * least. */
enum comments_access comments_access_of(enum access access, enum comments_access at_least);
/* "read" or "write"; NULL of COMMENTS_NONE. */
const char *comments_access_name(enum comments_access access);

#endif
