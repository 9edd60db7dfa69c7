/* incoming.h - messages of the server (v2), decoded and checked.
 *
 * Every message is a JSON object with one key (docs/protocol.md). Members that are
 * not known are passed over, and so are whole messages, so that a newer server may
 * say more; a known message with a member of the wrong type is an error.
 *
 * A decoder is reused for all messages of a connection: strings, operations and
 * arrays of a message are valid until the next call or incoming_deinit. One thread. */
#ifndef KOLABPAD_CLIENT_INCOMING_H
#define KOLABPAD_CLIENT_INCOMING_H

#include "base/id128.h"
#include "client/author.h"

/* What a client takes of what a server may say. */
enum {
    INCOMING_BYTES_MAX = 1 << 29, /* a message */
    PERSON_NAME_BYTES_MAX = 256,  /* 64 code points; longer ones are cut */
    PERSON_PLACES_MAX = 64,       /* carets, and selections; more are left out */
    LANGUAGE_BYTES_MAX = 256,     /* cut */
    PASSWORD_BYTES_MAX = 256,     /* longer ones are no password */
};

enum role { ROLE_NOT_TOLD, ROLE_VIEW, ROLE_EDIT, ROLE_OWN };

enum incoming_kind {
    INCOMING_UNKNOWN, /* to be ignored */
    INCOMING_WELCOME,
    INCOMING_SNAPSHOT,
    INCOMING_HISTORY,
    INCOMING_USERS,
    INCOMING_USER_INFO,
    INCOMING_USER_LEFT,
    INCOMING_USER_CURSOR,
    INCOMING_LANGUAGE,
    INCOMING_PASSWORD,
    INCOMING_REJECTED,
    INCOMING_STORAGE,
    INCOMING_ACCESS,
    INCOMING_OWNER,
    INCOMING_RESTORED,
    INCOMING_HISTORY_CHANGED,
    INCOMING_PONG,
    INCOMING_COMMENTS,
    INCOMING_COMMENT,
    INCOMING_COMMENT_GONE,
};

enum { THREAD_ID_CHARS = 12 };

/* A thread of comments: where it is in the server's text. from == to: what it was about is gone. */
struct incoming_thread {
    char id[THREAD_ID_CHARS];
    uint32_t from, to;
    uint32_t comments; /* how many there are */
    bool is_resolved;
};

/* What became of the history. A change of a newer server is none that this one knows. */
enum history_change { HISTORY_CHANGE_UNKNOWN, HISTORY_DELETED, HISTORY_SWITCHED_OFF, HISTORY_SWITCHED_ON };

/* Places in code points of the server's text. */
struct selection {
    uint32_t anchor, head;
};

struct places {
    uint32_t caret_count, selection_count;
    uint32_t carets[PERSON_PLACES_MAX];
    struct selection selections[PERSON_PLACES_MAX];
};

struct incoming_person {
    uint64_t user_id;
    struct slice name;
    uint16_t hue; /* 0 to 359 */
    struct places places;
};

struct incoming_welcome {
    uint64_t user_id;
    struct id128 epoch;
    uint64_t revision;
    bool resumed;
    uint64_t committed; /* the revision after our last operation that the server holds, or 0 */
    enum role role;
    struct slice language, password, owner, server; /* NULL ptr: none, or not told */
    uint64_t document_bytes, message_bytes;         /* the limits */
    int64_t created_s, expires_s;                   /* since 1970; 0: not told, never */
    bool keeps_history;                             /* false, too, of a server that has none */
    bool by_author;
};

struct incoming {
    enum incoming_kind kind;
    union {
        struct incoming_welcome welcome;
        struct {
            uint64_t revision;
            struct slice text; /* UTF-8; may hold carriage returns, which no document does */
        } snapshot;
        struct {
            uint64_t start;
            size_t count; /* entries: incoming_entry */
        } history;
        struct {
            size_t count; /* people: incoming_person */
        } users;
        struct incoming_person person; /* USER_INFO: name, hue; USER_LEFT: the id; USER_CURSOR: places */
        struct {
            struct slice value; /* NULL ptr: none */
            uint64_t user_id;   /* who set it; SYSTEM_USER: it is not news */
        } setting;              /* LANGUAGE, PASSWORD */
        struct {
            uint64_t revision;
            struct slice code, message;
            uint64_t limit; /* 0: none */
        } rejected;
        bool storage_writable;
        enum role role;
        struct slice owner; /* a token */
        struct incoming_restored {
            uint64_t revision; /* whose text is the text again */
            int64_t at_s;      /* when it was, since 1970; 0: not told */
            uint64_t user_id;
            struct slice name; /* whose edit it was; "System" where nobody said so */
        } restored;
        struct incoming_history_changed {
            enum history_change change;
            bool is_kept;
            uint64_t user_id;
            struct slice name; /* who has changed it, likewise */
        } history_changed;
        int64_t pong;
        struct {
            uint64_t revision;
            size_t count; /* threads: incoming_thread */
        } comments;
        struct {
            uint64_t revision;             /* COMMENT */
            struct incoming_thread thread; /* COMMENT_GONE: the id */
        } comment;
    };
};

/* A committed operation and who made it. */
struct incoming_entry {
    uint64_t user_id;
    bool by_text; /* on a connection by author: its author goes by text */
    struct op_view op;
};

struct incoming_decoder {
    void *root; /* json_t of the last message */
    struct op op;
};

void incoming_deinit(struct incoming_decoder *d);

/* ERR_BAD_MESSAGE (no JSON, no object with one key, a known message that is not as
 * the protocol has it), ERR_MESSAGE_TOO_LARGE, ERR_NO_MEMORY. *detail is then a short static text that says
 * what is wrong, and `out` unchanged. */
enum error incoming_decode(struct incoming_decoder *d, struct slice json, struct incoming *out,
                           const char **detail);

/* Entry number `at` of the History decoded last. Its operation is valid until the
 * next call. Errors as above, and ERR_BAD_OPERATION, ERR_BAD_TEXT. */
enum error incoming_entry(struct incoming_decoder *d, size_t at, struct incoming_entry *out,
                          const char **detail);

/* Thread number `at` of the Comments decoded last. */
enum error incoming_thread(struct incoming_decoder *d, size_t at, struct incoming_thread *out,
                           const char **detail);

/* Person number `at` of the Users decoded last. */
enum error incoming_person(struct incoming_decoder *d, size_t at, struct incoming_person *out,
                           const char **detail);

#endif
