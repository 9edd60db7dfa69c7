/* rights_json.h - links and settings as the HTTP API tells them. */
#ifndef KOLABPAD_API_RIGHTS_JSON_H
#define KOLABPAD_API_RIGHTS_JSON_H

#include "base/json.h"
#include "store/rights.h"

/* `name`, which is raw, and seconds; null for 0. */
void encode_seconds(struct json *j, const char *name, int64_t ms);

/* {"id":…,"role":…,"name":…,"created_at":…,"expires_at":…,"last_used_at":…,"history":…}, and "token" where it
 * is given. */
void encode_link(struct json *j, const struct store_link *link, struct slice token);

/* "manage":…,"write":…,"keep_days":… */
void encode_settings(struct json *j, const struct store_rights *rights);

#endif
