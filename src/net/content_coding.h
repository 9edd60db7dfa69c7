/* content_coding.h - which precompressed form of a file a client gets. */
#ifndef KOLABPAD_NET_CONTENT_CODING_H
#define KOLABPAD_NET_CONTENT_CODING_H

#include "base/slice.h"

/* Ordered by preference: of two to which the client gives the same quality, the
 * later wins. */
enum content_coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_COUNT };

/* Its name in headers, and the ending of its files ("" for identity). */
const char *content_coding_name(enum content_coding coding);
const char *content_coding_suffix(enum content_coding coding);

/* The best of those that are there. Identity is always there, and is sent
 * when nothing else is acceptable. */
enum content_coding content_coding_choose(struct slice accept_encoding, const bool there[CODING_COUNT]);

#endif
