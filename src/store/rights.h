/* rights.h - a document's owner and links, as they are stored.
 *
 * In memory it is the same struct (doc/rights.h has the verbs): what is loaded is copied, what is
 * written is written as a whole. All zero: nobody owns it, it has no links, and it is kept as long as
 * any other; such a document has no row for it. */
#ifndef KOLABPAD_STORE_RIGHTS_H
#define KOLABPAD_STORE_RIGHTS_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { STORE_HASH_BYTES = 32, STORE_LINK_ID_BYTES = 12 };

/* The end of a link that was withdrawn. It stays among the links, without its name, so that whoever
 * still shows its token can be told why it opens nothing any more. No other link ends then: an end is
 * chosen in the time to come. */
enum { STORE_LINK_WITHDRAWN_MS = 1 };

struct store_link {
    char hash[STORE_HASH_BYTES];  /* SHA-256 of its token */
    char id[STORE_LINK_ID_BYTES]; /* names it; says nothing of the token */
    bool may_edit;                /* else it is for reading only */
    bool history;                 /* whoever comes by it may see the history */
    bool comments;                /* … and see and write comments, also where it is for reading */
    struct slice name;
    int64_t created_ms; /* by the wall clock, like the others */
    int64_t expires_ms; /* 0: never; STORE_LINK_WITHDRAWN_MS */
    int64_t used_ms;    /* 0: never; to the minute */
};

struct store_rights {
    bool has_owner;
    char owner[STORE_HASH_BYTES]; /* SHA-256 of the owner's token */
    bool owner_manages;           /* only the owner sets passwords and makes links */
    bool owner_writes;            /* only the owner edits; all others read */
    uint32_t keep_days;           /* it expires when it was not used for so long; 0: like all others */
    uint32_t link_count;
    struct store_link *links; /* in the order in which they were made */
};

/* A copy with memory of its own, for store_rights_free. ERR_NO_MEMORY leaves `out` as it was. */
enum error store_rights_copy(const struct store_rights *rights, struct store_rights *out);
/* All zero afterwards. */
void store_rights_free(struct store_rights *rights);

/* What a link lets its holder do, as one word in the database; any word but that for editing is for reading.
 */
struct slice store_link_role(const struct store_link *link);
bool store_role_may_edit(struct slice role);

/* Was it withdrawn? Then it is no link any more to anybody but its holder. */
bool store_link_is_withdrawn(const struct store_link *link);
/* When the first link ends of those that do after that time; 0: none does. */
int64_t store_rights_next_end_ms(const struct store_rights *rights, int64_t after_ms);

#endif
