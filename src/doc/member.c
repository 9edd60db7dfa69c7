#include "doc/member.h"

enum error member_check(struct document *doc, const struct member_claim *claim)
{
    struct documents *docs = doc->documents;
    const struct pad_peer *peer = pad_find_user(&doc->pad, claim->user_id);
    if (peer && peer->version == PAD_V1)
        return OK;
    if (!peer || id128_is_zero(claim->token))
        return ERR_FORBIDDEN;
    if (!limits_has(docs->limits, LIMIT_PASSWORD_ATTEMPT, claim->client, documents_now_ms(docs)))
        return ERR_RATE_LIMITED;
    if (id128_equal(claim->token, peer->client->token))
        return OK;
    limits_take(docs->limits, LIMIT_PASSWORD_ATTEMPT, claim->client, documents_now_ms(docs));
    return ERR_FORBIDDEN;
}
