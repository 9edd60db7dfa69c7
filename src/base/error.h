/* error.h - every way a request can fail, in one table.
 *
 * A function that can fail returns `enum error`, gives its results through
 * out-parameters, and on failure leaves everything it was given as it was.
 * OK is zero, so `if (err) return err;` reads as it should.
 *
 * The columns are what each kind of peer is told:
 *
 *   name     the constant
 *   code     the word in `{"Rejected":{"code":…}}`, in `{"error":…,"code":…}`
 *            of the HTTP API, and the `reason` label of the metrics
 *   ws       the WebSocket close code, when the connection cannot go on
 *   http     the HTTP status
 *   text     one plain sentence for people; it says what to do where it can
 *
 * The close codes are those of docs/protocol.md. */
#ifndef KOLABPAD_BASE_ERROR_H
#define KOLABPAD_BASE_ERROR_H

/* clang-format off */
#define ERROR_TABLE(X)                                                                                              \
    /* the peer sent something that cannot be meant */                                                              \
    X(ERR_BAD_MESSAGE,       "bad_message",         4400, 400, "The message is not one this server understands.")   \
    X(ERR_BAD_OPERATION,     "bad_operation",       4400, 400, "The edit does not fit the document.")               \
    X(ERR_BAD_TEXT,          "bad_text",            4400, 400, "Text must be UTF-8 with \\n line ends.")            \
    X(ERR_BAD_REVISION,      "bad_revision",        4409, 409, "The edit is against a revision this server cannot rebase. Reconnect.") \
    X(ERR_BAD_REQUEST,       "bad_request",         4400, 400, "The request body is not the JSON asked for.")       \
    X(ERR_BAD_ID,            "bad_id",              4400, 400, "A document id is 1 to 128 bytes of UTF-8 without '/' or control characters.") \
    X(ERR_MESSAGE_TOO_LARGE, "message_too_large",   1009, 413, "The message is larger than this server takes.")     \
    X(ERR_BAD_PLACE,         "bad_place",           4400, 400, "A place is a number of code points within the text, or where text is added \"start\" or \"end\". What a comment is about is not empty.") \
    X(ERR_BAD_PATCH,         "bad_patch",           4400, 400, "Send {\"revision\":…,\"operation\":[…]} or {\"replace\":\"…\",\"with\":\"…\",\"count\":1}.") \
    X(ERR_BAD_NAME,          "bad_name",            4400, 400, "A name is UTF-8, percent-encoded.")                \
    X(ERR_BAD_AUTHOR,        "bad_author",          4400, 400, "An author's hue is a number from 0 to 359, a token 22 characters of base64url.") \
    X(ERR_BAD_LANGUAGE,      "bad_language",        4400, 400, "A language is 1 to 64 letters, digits, spaces or + # . _ -")  \
    X(ERR_BAD_KEY,           "bad_key",             4400, 400, "An Idempotency-Key is 1 to 64 printable characters.") \
    X(ERR_BAD_WAIT,          "bad_wait",            4400, 400, "A wait is up to 60 whole seconds, and needs a revision beside it, as the server has told it.") \
    X(ERR_OTHER_COUNT,       "other_count",         4400, 409, "The text to be replaced is not there exactly so many times. Read the text again.") \
    X(ERR_UNKNOWN_REVISION,  "unknown_revision",    4409, 409, "That revision is too old to be edited against, or has not come yet. Read the text again.") \
    X(ERR_KEY_REUSED,        "key_reused",          4400, 422, "Another request came with this Idempotency-Key. Take a new one.") \
    X(ERR_TOO_MANY_KEYS,     "too_many_keys",       4429, 429, "The document has had as many Idempotency-Keys within an hour as it can remember. Try again later, or write without one.") \
    X(ERR_MEDIA_TYPE,        "bad_media_type",      4400, 415, "Send the body as application/json.")                \
    X(ERR_MALFORMED,         "malformed_request",   4400, 400, "The request is not HTTP as RFC 9112 has it.")          \
    X(ERR_HANDSHAKE,         "bad_handshake",       4400, 400, "The handshake is not that of RFC 6455.")               \
    X(ERR_SUBPROTOCOL,       "bad_subprotocol",     4400, 400, "Without a document's id this address is for links, and speaks kolabpad.v2 only.") \
    X(ERR_UPGRADE,           "upgrade_required",    4400, 426, "This address speaks WebSocket (version 13) only.")     \
    X(ERR_NOT_IMPLEMENTED,   "not_implemented",     4400, 501, "This server does not know that method or transfer coding.") \
    X(ERR_PRECONDITION,      "precondition_failed", 4400, 412, "What is here is not what If-Match names.")     \
    X(ERR_METHOD,            "bad_method",          4400, 405, "This address does not take that method.")           \
    X(ERR_NOT_FOUND,         "not_found",           4410, 404, "There is nothing at this address.")                 \
    X(ERR_BAD_RANGE,         "bad_range",           4400, 400, "A revision (revision, from, to, before) is a whole number, and limit is one from 1 to 1000.") \
    X(ERR_BAD_LINK,          "bad_link",            4400, 400, "A link needs a role (view or edit), and may have a name of up to 64 characters, a time to come at which it ends (in seconds), history and comments.") \
    X(ERR_BAD_KEEP_DAYS,     "bad_keep_days",       4400, 400, "The days in keep_days must be a whole number from 1 to the server's EXPIRY_DAYS, or null.") \
    X(ERR_TOO_MANY_LINKS,    "too_many_links",      4400, 409, "The document has 64 links already. Withdraw one first.") \
    X(ERR_BAD_COMMENT,       "bad_comment",         4400, 400, "A comment is plain text of 1 to 4000 characters.")    \
    X(ERR_TOO_MANY_COMMENTS, "too_many_comments",   4400, 409, "There are 500 threads here, or 100 comments in this one, or 1 MiB in all. Delete some first.") \
    X(ERR_TEXT_GONE,         "text_gone",           4400, 409, "The text that the comment is about was deleted meanwhile.") \
    X(ERR_IMAGE_TYPE,        "bad_image",           4400, 415, "An image is a PNG, JPEG, GIF, WebP or AVIF file. This is none, or its beginning is damaged. SVG is not taken, since it can hold scripts.") \
    X(ERR_IMAGE_PIXELS,      "too_many_pixels",     4400, 413, "An image may have at most 50 million pixels. Send a smaller one.") \
    X(ERR_IMAGES_FULL,       "images_full",         4400, 409, "There is no room left for images in this document.") \
    X(ERR_HAS_OWNER,         "has_owner",           4400, 409, "The document has an owner already.")               \
    /* the peer may not */                                                                                          \
    X(ERR_PASSWORD,          "bad_password",        4401, 401, "Invalid or missing OTP")                            \
    X(ERR_FORBIDDEN,         "forbidden",           4403, 403, "Not allowed.")                                      \
    X(ERR_VIEW_ONLY,         "view_only",           4403, 403, "You may read this text, but not do that.")            \
    X(ERR_NOT_AUTHOR,        "not_author",          4403, 403, "Only who wrote a comment may change it.")          \
    X(ERR_OWNER_ONLY,        "owner_only",          4403, 403, "Only the owner of this document may do that.")     \
    X(ERR_WITHDRAWN,         "link_withdrawn",      4403, 403, "This link was withdrawn")                          \
    X(ERR_IMAGES_OFF,        "images_off",          4403, 403, "This server keeps no images. Whoever runs it can switch them on with IMAGES=on.") \
    X(ERR_NOT_PROTECTED,     "not_protected",       4400, 400, "The document has no password.")                     \
    X(ERR_ORIGIN,            "bad_origin",          4403, 403, "This page's origin is not allowed here.")           \
    X(ERR_RATE_LIMITED,      "rate_limited",        4429, 429, "Too many requests. Wait a little and try again.")   \
    X(ERR_IDLE,              "idle",                4408, 408, "The connection was idle for too long. Reconnect.")  \
    /* the document cannot */                                                                                       \
    X(ERR_DOCUMENT_TOO_LARGE,"document_too_large",  1009, 413, "The document would be larger than this server allows.") \
    X(ERR_CANNOT_RESUME,     "cannot_resume",       4409, 409, "This copy cannot be resumed. Reconnect for a fresh one.") \
    X(ERR_GONE,              "gone",                4410, 404, "The document was deleted or has expired.")          \
    X(ERR_REPLACED,          "replaced",            1000, 409, "A newer connection of the same tab took over.")     \
    X(ERR_CONFLICT,          "conflict",            1001, 503, "The document was changed behind this server's back. Reconnect.") \
    X(ERR_MOVED,             "moved",               1001, 503, "The document has moved to another server. Reconnect.") \
    X(ERR_ELSEWHERE,         "elsewhere",           1013, 503, "Another server has the document and cannot be reached. Try again later.") \
    X(ERR_MISDIRECTED,       "misdirected",         1013, 421, "Another server has the document that was asked for here.") \
    /* the server cannot */                                                                                         \
    X(ERR_NO_MEMORY,         "no_memory",           1013, 503, "The server is out of memory. Try again later.")     \
    X(ERR_STORAGE,           "storage_unavailable", 1013, 503, "The server cannot reach its database. Try again later.") \
    X(ERR_OVERLOADED,        "overloaded",          1013, 503, "The server is overloaded. Try again later.")        \
    X(ERR_SHUTTING_DOWN,     "restarting",          1001, 503, "The server is restarting. Reconnect.")              \
    X(ERR_SLOW_READER,       "slow_reader",         1008, 408, "The connection took nothing for too long.")         \
    X(ERR_INTERNAL,          "internal",            1011, 500, "The server made a mistake. It has been logged.")

enum error {
    OK = 0,
#define X(name, code, ws, http, text) name,
    ERROR_TABLE(X)
#undef X
    ERROR_COUNT
};
/* clang-format on */

/* The columns. Any value outside the table reads as ERR_INTERNAL; OK has the
 * code "ok", close code 1000 and status 200. The strings are static. */
const char *error_code(enum error err);
const char *error_text(enum error err);
int error_ws_close(enum error err);
int error_http_status(enum error err);

#endif
