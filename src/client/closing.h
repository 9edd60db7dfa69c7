/* closing.h - what the end of a connection means, and when to try again. The codes are
 * those of docs/protocol.md. */
#ifndef KOLABPAD_CLIENT_CLOSING_H
#define KOLABPAD_CLIENT_CLOSING_H

/* Reason, and the sentence that tells it to the user. */
/* clang-format off */
#define CLOSING_TABLE(X)                                                                              \
    X(CLOSING_UNREACHABLE,  "The server cannot be reached.")                                          \
    X(CLOSING_UNANSWERED,   "The server does not answer.")                                            \
    X(CLOSING_RESTARTING,   "The server is restarting.")                                              \
    X(CLOSING_OVERLOADED,   "The server is overloaded, or its database cannot be reached.")           \
    X(CLOSING_SLOW,         "This connection is too slow.")                                           \
    X(CLOSING_TOO_LARGE,    "A message was larger than the server takes.")                            \
    X(CLOSING_BAD_MESSAGE,  "The server did not understand this program. Please report it.")          \
    X(CLOSING_PASSWORD,     "This pad has a password, and it is another one or was not given.")       \
    X(CLOSING_FORBIDDEN,    "The server does not allow it, or the link was withdrawn.")               \
    X(CLOSING_IDLE,         "The connection was idle for too long.")                                  \
    X(CLOSING_OUT_OF_STEP,  "This copy and the server's did not agree. It is fetched anew.")          \
    X(CLOSING_GONE,         "The pad was deleted or has expired.")                                    \
    X(CLOSING_RATE_LIMITED, "Too many requests. Waiting a little.")                                   \
    X(CLOSING_SERVER_ERROR, "The server made a mistake. It is in its log.")                           \
    X(CLOSING_REPLACED,     "Another program goes on with this one's record of the pad.")

enum closing_reason {
#define X(name, text) name,
    CLOSING_TABLE(X)
#undef X
    CLOSING_REASONS
};
/* clang-format on */

/* When to try again. SOON: within two seconds, at random, so that a restarted server is
 * not stormed. BACKOFF: later each time. SLOWLY: as the last steps of BACKOFF. ONCE: soon,
 * but not a second time within a minute. NEVER: not before the user does something. */
enum retry { RETRY_SOON, RETRY_BACKOFF, RETRY_SLOWLY, RETRY_ONCE, RETRY_NEVER };

struct closing {
    enum closing_reason reason;
    enum retry retry;
};

/* The meaning of a close code. Every code that is not in the table, 0 and the network's
 * own included, is a server that cannot be reached. */
struct closing closing_of(unsigned code);
/* A static sentence. */
const char *closing_text(enum closing_reason reason);

#endif
