#include "guard/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool worked)
{
    if (worked)
        return;
    fprintf(stderr, "error: the system cannot make a SHA-256 hash; Kolabpad cannot run without\n");
    abort();
}

static void add(EVP_MD_CTX *context, struct slice part)
{
    unsigned char len[8];
    for (size_t i = 0; i < sizeof(len); i++)
        len[i] = (unsigned char)((uint64_t)part.len >> 8 * i);
    must(EVP_DigestUpdate(context, len, sizeof(len)) == 1);
    must(part.len == 0 || EVP_DigestUpdate(context, part.ptr, part.len) == 1);
}

struct id128 digest_of(const struct slice *parts, size_t count)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    struct id128 id;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < count; i++)
        add(context, parts[i]);
    must(EVP_DigestFinal_ex(context, hash, NULL) == 1);
    EVP_MD_CTX_free(context);
    memcpy(id.bytes, hash, sizeof(id.bytes));
    return id;
}
