#include "api/credential.h"

#include "guard/random.h"

#include <stdio.h>

enum { INCARNATION_CHARS = 16, SECRET_CHARS = 64, CREDENTIAL_CHARS = INCARNATION_CHARS + 1 + SECRET_CHARS };

/* With a terminating NUL. */
static void format(struct store_identity self, char out[CREDENTIAL_CHARS + 1])
{
    int at = snprintf(out, CREDENTIAL_CHARS + 1, "%016llx ", (unsigned long long)self.incarnation);
    for (size_t i = 0; i < sizeof(self.secret); i++)
        at += snprintf(out + at, 3, "%02x", self.secret[i]);
}

enum error credential_append(struct buf *out, struct store_identity self)
{
    char text[CREDENTIAL_CHARS + 1];
    format(self, text);
    return buf_append(out, slice_of(text, CREDENTIAL_CHARS));
}

bool credential_is_right(struct slice value, struct store_identity self)
{
    char expected[CREDENTIAL_CHARS + 1];
    if (self.incarnation == 0 || value.len != CREDENTIAL_CHARS)
        return false;
    format(self, expected);
    return secret_equal(slice_from(value, INCARNATION_CHARS),
                        slice_of(expected + INCARNATION_CHARS, SECRET_CHARS + 1));
}
