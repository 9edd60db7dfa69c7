/* client_message.h - messages of clients, decoded and checked.
 *
 * Every message is a JSON object with one key (docs/protocol.md). jansson
 * parses; this file checks shape, types and ranges, so that what comes out
 * needs no further validation but that against the document.
 *
 * v2 is read strictly. v1 is read as the ancestors read it, wherever nothing can
 * be corrupted by that: what is left out has a default, what is not known is
 * passed over, and several keys are several messages.
 *
 * A decoder is reused for all messages of a shard: the strings and arrays of a
 * message are valid until the next call or client_decoder_deinit. One thread. */
#ifndef KOLABPAD_PROTO_CLIENT_MESSAGE_H
#define KOLABPAD_PROTO_CLIENT_MESSAGE_H

#include "pad/pad.h"

enum client_message_kind {
    CLIENT_NOTHING, /* v1 only: nothing (more) that is known */
    CLIENT_HELLO,   /* v2 only */
    CLIENT_EDIT,
    CLIENT_SET_LANGUAGE,
    CLIENT_INFO,
    CLIENT_CURSORS,
    CLIENT_PING,     /* v2 only */
    CLIENT_RESTORED, /* v2 only */
    CLIENT_KIND_COUNT
};

struct client_message {
    enum client_message_kind kind;
    union {
        struct {
            struct pad_hello pad;  /* name is cleaned; "" when it has none */
            struct slice password; /* NULL ptr: null or absent */
            struct slice link;     /* the same; else a token: 22 characters of base64url */
            struct slice owner;    /* the same */
        } hello;
        struct {
            uint64_t revision;
            struct op_view op; /* v1: inserts may hold carriage returns, as pad_edit takes them */
        } edit;
        struct slice language; /* v1: any text that pad_clean_language leaves, be it empty */
        struct {
            struct slice name; /* cleaned, not empty */
            uint16_t hue;
        } info;
        struct {
            const uint32_t *carets;
            size_t caret_count;
            const struct pad_range *selections;
            size_t selection_count;
        } cursors;
        int64_t ping;
        struct {
            uint64_t revision;
            int64_t at_ms; /* by the wall clock; 0: null or absent */
        } restored;        /* its last edits made the text of that revision the text again */
    };
};

struct client_decoder {
    struct op op; /* the last edit */
    struct buf name;
    struct buf numbers; /* carets and selections */
    void *root;         /* json_t of the last message */
    size_t next_row;    /* v1: where client_decode_next goes on in the table of messages */
};

void client_decoder_deinit(struct client_decoder *d);

/* Errors: ERR_BAD_MESSAGE (not JSON, not one known key, wrong types, numbers
 * that are no integers or out of range, extra or missing members),
 * ERR_BAD_OPERATION, ERR_BAD_TEXT (inserts), ERR_NO_MEMORY. `detail` then
 * holds a short static text for the close reason ("Edit: revision must be an
 * integer >= 0"). Unknown extra members inside a known message are ignored, so
 * that newer clients can add some; unknown messages are refused in v2. In v1 the
 * first that is known is given, CLIENT_NOTHING if there is none. */
enum error client_decode(struct client_decoder *d, enum pad_version version, struct slice json,
                         struct client_message *out, const char **detail);

/* v1: the next message of the same text; CLIENT_NOTHING when there is no more.
 * `out` of the call before is invalid. Errors as above. */
enum error client_decode_next(struct client_decoder *d, struct client_message *out, const char **detail);

/* The body of POST and DELETE …/protect. Strings live in the decoder. */
struct protect_request {
    bool has_user; /* always, but for owners, who need not be in the document */
    uint64_t user_id;
    struct slice user_name; /* NULL ptr: absent */
    struct slice password;  /* NULL ptr: absent or null */
    bool has_client;
    struct id128 client;
};
/* An empty body reads as {}. ERR_BAD_REQUEST (not an object, a user_id that is no integer >= 0, a member
 * of the wrong type, a client that is no token), ERR_NO_MEMORY. */
enum error protect_decode(struct client_decoder *d, struct slice json, struct protect_request *out);

#endif
