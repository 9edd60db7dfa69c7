/* member.h - whoever asks over HTTP in the name of somebody who is in the document.
 *
 * The token of a tab is a secret like a password, so a wrong one counts as a wrong password does. Shard's
 * thread only. */
#ifndef KOLABPAD_DOC_MEMBER_H
#define KOLABPAD_DOC_MEMBER_H

#include "doc/document.h"

struct member_claim {
    uint64_t user_id;
    struct id128 token;    /* of that user's connection; zero: none is shown */
    struct address client; /* who asks */
};

/* Is that user in the document, and the token right? v1 clients have none, and are believed. ERR_FORBIDDEN;
 * ERR_RATE_LIMITED: too many were wrong, and this one was not looked at. */
enum error member_check(struct document *doc, const struct member_claim *claim);

#endif
