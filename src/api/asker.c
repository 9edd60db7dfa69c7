#include "api/asker.h"

enum error asker_check(struct document *doc, uint64_t user_id, struct id128 client)
{
    struct pad_peer *peer = pad_find_user(&doc->pad, user_id);
    bool is_right = peer && (peer->version == PAD_V1 || id128_equal(client, peer->client->token));
    return is_right ? OK : ERR_FORBIDDEN;
}
