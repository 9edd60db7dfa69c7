/* content_coding.h - which precompressed form of a file a client gets. */
#ifndef KOLABPAD_NET_CONTENT_CODING_H
#define KOLABPAD_NET_CONTENT_CODING_H

#include "base/slice.h"

/* The better ones last: of two that the client likes the same, the later wins. */
enum content_coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_COUNT };

/* The header's name for it, and what its files end in ("" for identity). */
const char *content_coding_name(enum content_coding coding);
const char *content_coding_suffix(enum content_coding coding);

/* The best of those that are there. Identity is always there, and is sent
 * when nothing else is acceptable. */
enum content_coding content_coding_choose(struct slice accept_encoding, const bool there[CODING_COUNT]);

#endif
