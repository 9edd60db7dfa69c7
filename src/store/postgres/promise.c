#include "store/postgres/promise.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t promise_standbys(const struct promise *p)
{
    const char *at = p->standby_names + strspn(p->standby_names, " \t");
    if (strcmp(p->synchronous_commit, "local") == 0 || *at == '\0')
        return 0;
    if (!strchr(at, '('))
        return 1;
    while (isalpha((unsigned char)*at) || *at == ' ')
        at++;
    int number = atoi(at);
    return number > 0 ? (uint32_t)number : 1;
}

void promise_sentence(const struct promise *p, char out[PROMISE_BYTES])
{
    uint32_t standbys = promise_standbys(p);
    const char *verb = strcmp(p->synchronous_commit, "remote_write") == 0   ? " received by"
                       : strcmp(p->synchronous_commit, "remote_apply") == 0 ? " applied by"
                                                                            : "";
    if (standbys == 0)
        snprintf(out, PROMISE_BYTES, "flushed by the primary alone");
    else
        snprintf(out, PROMISE_BYTES, "flushed by the primary and%s %u standby%s", verb, standbys,
                 standbys == 1 ? "" : "s");
}
