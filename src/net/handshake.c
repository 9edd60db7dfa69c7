/* RFC 6455, section 4.2. */
#include "net/handshake.h"

#include "base/assert.h"
#include "net/header_list.h"

#include <openssl/evp.h>
#include <string.h>

enum { KEY_CHARS = 24, KEY_BYTES = 16, SHA1_BYTES = 20 };

/* Fixed by RFC 6455, 1.3: hashed with the key, it proves that we speak WebSocket. */
static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* 16 bytes are 22 characters of base64 and two of padding. */
static bool is_key(struct slice key)
{
    unsigned char decoded[KEY_BYTES + 2];

    if (key.len != KEY_CHARS || memcmp(key.ptr + KEY_CHARS - 2, "==", 2) != 0 ||
        key.ptr[KEY_CHARS - 3] == '=')
        return false;
    return EVP_DecodeBlock(decoded, (const unsigned char *)key.ptr, KEY_CHARS) == (int)sizeof decoded;
}

enum error handshake_check(const struct handshake *h)
{
    bool is_upgrade =
        slice_equal(h->method, SLICE("GET")) && header_list_has(h->upgrade, SLICE("websocket")) &&
        header_list_has(h->connection, SLICE("upgrade")) && slice_equal(h->version, SLICE("13"));

    if (!is_upgrade)
        return ERR_UPGRADE;
    return is_key(h->key) ? OK : ERR_HANDSHAKE;
}

void handshake_accept(struct slice key, char out[HANDSHAKE_ACCEPT_CHARS + 1])
{
    unsigned char digest[SHA1_BYTES];
    char text[KEY_CHARS + sizeof guid - 1];

    ASSERT(key.len == KEY_CHARS);
    memcpy(text, key.ptr, KEY_CHARS);
    memcpy(text + KEY_CHARS, guid, sizeof guid - 1);
    EVP_Digest(text, sizeof text, digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)out, digest, sizeof digest);
}

bool handshake_offers(struct slice protocols, struct slice name)
{
    struct header_item item;

    while (header_list_next(&protocols, &item))
        if (slice_equal(item.name, name))
            return true;
    return false;
}
