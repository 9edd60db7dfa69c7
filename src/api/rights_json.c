#include "api/rights_json.h"

void encode_seconds(struct json *j, const char *name, int64_t ms)
{
    json_raw(j, name);
    if (ms == 0)
        json_raw(j, "null");
    else
        json_int(j, ms / 1000);
}

void encode_link(struct json *j, const struct store_link *link, struct slice token)
{
    json_raw(j, "{\"id\":");
    json_quoted(j, slice_of(link->id, sizeof(link->id)));
    json_raw(j, link->may_edit ? ",\"role\":\"edit\"" : ",\"role\":\"view\"");
    json_raw(j, ",\"name\":");
    json_quoted(j, link->name);
    encode_seconds(j, ",\"created_at\":", link->created_ms);
    encode_seconds(j, ",\"expires_at\":", link->expires_ms);
    encode_seconds(j, ",\"last_used_at\":", link->used_ms);
    json_raw(j, link->history ? ",\"history\":true" : ",\"history\":false");
    json_raw(j, link->comments ? ",\"comments\":true" : ",\"comments\":false");
    if (token.ptr) {
        json_raw(j, ",\"token\":");
        json_quoted(j, token);
    }
    json_raw(j, "}");
}

void encode_settings(struct json *j, const struct store_rights *rights)
{
    json_raw(j, rights->owner_manages ? "\"manage\":\"owner\"" : "\"manage\":\"editors\"");
    json_raw(j, rights->owner_writes ? ",\"write\":\"owner\"" : ",\"write\":\"editors\"");
    json_raw(j, ",\"keep_days\":");
    if (rights->keep_days > 0)
        json_uint(j, rights->keep_days);
    else
        json_raw(j, "null");
}
