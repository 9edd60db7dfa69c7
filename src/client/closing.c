#include "client/closing.h"

/* "Replaced": somebody else said Hello with our token. The ends of the newest connection
 * only are heard, so it was no newer one of ours. It may have been an older one, given up
 * long ago, whose Hello a proxy held back until now: then one more Hello mends it. Or
 * another program that goes on with our record: then the second time tells. */
static const struct {
    unsigned code;
    struct closing closing;
} closings[] = {
    {1000, {CLOSING_REPLACED, RETRY_ONCE}},        {1001, {CLOSING_RESTARTING, RETRY_SOON}},
    {1008, {CLOSING_SLOW, RETRY_BACKOFF}},         {1009, {CLOSING_TOO_LARGE, RETRY_BACKOFF}},
    {1011, {CLOSING_SERVER_ERROR, RETRY_BACKOFF}}, {1013, {CLOSING_OVERLOADED, RETRY_BACKOFF}},
    {4400, {CLOSING_BAD_MESSAGE, RETRY_SLOWLY}},   {4401, {CLOSING_PASSWORD, RETRY_NEVER}},
    {4403, {CLOSING_FORBIDDEN, RETRY_NEVER}},      {4408, {CLOSING_IDLE, RETRY_SOON}},
    {4409, {CLOSING_OUT_OF_STEP, RETRY_SOON}},     {4410, {CLOSING_GONE, RETRY_NEVER}},
    {4429, {CLOSING_RATE_LIMITED, RETRY_SLOWLY}},
};

struct closing closing_of(unsigned code)
{
    for (unsigned i = 0; i < sizeof closings / sizeof *closings; i++) {
        if (closings[i].code == code)
            return closings[i].closing;
    }
    return (struct closing){CLOSING_UNREACHABLE, RETRY_BACKOFF};
}

const char *closing_text(enum closing_reason reason)
{
    static const char *const texts[] = {
#define X(name, text) text,
        CLOSING_TABLE(X)
#undef X
    };
    return reason < CLOSING_REASONS ? texts[reason] : texts[CLOSING_UNREACHABLE];
}
