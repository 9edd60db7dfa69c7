/* rights_request.h - the bodies of HTTP requests about links, owners and settings of a document.
 *
 * As client_message.h has it: members that are not known are passed over, strings are valid until the
 * decoder is used again, and an empty body reads as {}. All give ERR_BAD_REQUEST for what is no
 * object, or says what it says in another type, and ERR_NO_MEMORY. */
#ifndef KOLABPAD_PROTO_RIGHTS_REQUEST_H
#define KOLABPAD_PROTO_RIGHTS_REQUEST_H

#include "proto/client_message.h"

/* POST …/links: {"role":"view","name":"Class 7b","expires_at":1800000000,"history":false,
 * "comments":false} */
struct link_request {
    bool may_edit;      /* role "edit"; it must be there */
    struct slice name;  /* cleaned by pad_clean_name; may be empty */
    int64_t expires_ms; /* 0: null or absent */
    bool history, comments;
};
/* Also ERR_BAD_LINK: a role that is none, a name of more than `name_points_max` code points, a time that
 * is none of seconds. */
enum error link_decode(struct client_decoder *d, struct slice json, size_t name_points_max,
                       struct link_request *out);

/* PATCH …: {"manage":"owner","write":"editors","language":"python","keep_days":30}, each if it is to be
 * changed, and one at least. */
struct settings_request {
    bool sets_manager, owner_manages;
    bool sets_writer, owner_writes;
    bool sets_language;
    struct slice language;
    bool sets_keep_days;
    uint32_t keep_days; /* 0: null, as all others are kept */
    bool has_user;      /* "user_id" and "client": the tab in whose name it is told */
    uint64_t user_id;
    struct id128 client;
};
/* Also ERR_BAD_KEEP_DAYS: less than 1, or more than `keep_days_max`. */
enum error settings_decode(struct client_decoder *d, struct slice json, uint32_t keep_days_max,
                           struct settings_request *out);

/* POST …/owner: {"user_id":1,"client":"…"}, or nothing: nobody in the document asks. */
struct charge_request {
    bool has_user;
    uint64_t user_id;
    struct id128 client; /* v2; zero: absent */
};
enum error charge_decode(struct client_decoder *d, struct slice json, struct charge_request *out);

#endif
