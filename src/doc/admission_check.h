/* admission_check.h - what somebody shows is judged, and what was wrong is counted and logged.
 *
 * Around admission_judge(), which is pure. Wrong passwords, links and owner's tokens count against the
 * client's address, whatever document they were for; beyond the limit nothing is compared any more, where
 * there is anything to guess. The shard's thread. */
#ifndef KOLABPAD_DOC_ADMISSION_CHECK_H
#define KOLABPAD_DOC_ADMISSION_CHECK_H

#include "doc/admission.h"
#include "doc/documents.h"

struct admission_attempt {
    struct slice id; /* of the document */
    struct address client;
    struct shown shown;
    const char *source; /* where the right password was known, for the log: "memory", "database" */
};

/* Against the document's rights and password (NULL ptr: it has none). ERR_PASSWORD, ERR_WITHDRAWN: what `out`
 * says of either, see admission.h. ERR_RATE_LIMITED: nothing was judged, and `out` is as it was. */
enum error admission_check(struct documents *docs, const struct admission_attempt *attempt,
                           const struct store_rights *rights, struct slice password, struct admission *out);

#endif
