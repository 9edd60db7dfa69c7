/* admission.h - what somebody is let in with, judged.
 *
 *   shown                          gives
 *   the owner's token              own
 *   a link's token                 the link's role; nothing, when it was withdrawn or its time has come
 *   a link that fits nothing       nothing, where there is no password beside it: it was the way here
 *   the password, or the address   edit; view where only the owner writes
 *     of a document without one
 *
 * In that order. Tokens and passwords are compared in a time that does not tell how much of them
 * was right. Pure: admission_check.h calls it, counts what is wrong and logs. */
#ifndef KOLABPAD_DOC_ADMISSION_H
#define KOLABPAD_DOC_ADMISSION_H

#include "doc/access.h"

/* NULL ptr: not given. */
struct shown {
    struct slice password, link, owner_token;
};

struct admission {
    enum access access;
    bool by_link;
    char link_id[LINK_ID_CHARS];   /* by_link */
    bool history;                  /* may the history be seen? True unless by_link */
    enum comments_access comments; /* … of the document, at least: comments_access_of */
    bool by_password;              /* that was what opened it */
    bool is_guess; /* something was shown that fits nothing here; it counts as a wrong password, even
                    * where the address alone opens the document */
};

/* `password` is the document's, NULL ptr: none. ERR_PASSWORD, ERR_WITHDRAWN; `out` says of either
 * whether it was a guess. */
enum error admission_judge(const struct store_rights *rights, struct slice password,
                           const struct shown *shown, int64_t wall_ms, struct admission *out);

/* What a link gives at that time; ACCESS_NONE: its time has come. */
enum access link_access(const struct store_rights *rights, const struct store_link *link, int64_t wall_ms);
/* What the address gives. */
enum access address_access(const struct store_rights *rights);

#endif
