/* A table of messages, and a function for each that checks its body. */
#include "proto/client_message.h"

#include "proto/json_read.h"
#include "proto/operation_json.h"

#include <string.h>

enum { HUE_MAX = PAD_HUES - 1 };

/* The end of the year 9999. */
#define SECONDS_MAX INT64_C(253402300799)

/* One call of client_decode: the memory for the parts of the message, and the text
 * for the close reason once something is wrong. */
struct decoding {
    struct client_decoder *d;
    enum reading how;
    const char *detail;
};

static const json_t *member(const struct decoding *c, const json_t *object, const char *name)
{
    return read_member(object, name, c->how);
}

/* The detail goes into the close reason, so it is short and names the message. */
static enum error refuse(struct decoding *c, const char *detail)
{
    c->detail = detail;
    return ERR_BAD_MESSAGE;
}

void client_decoder_deinit(struct client_decoder *d)
{
    op_deinit(&d->op);
    buf_deinit(&d->name);
    buf_deinit(&d->numbers);
    json_decref(d->root);
    *d = (struct client_decoder){0};
}

/* ---- one function for each message ---- */

static enum error decode_edit(struct decoding *c, const json_t *body, struct client_message *out)
{
    if (!json_is_object(body))
        return refuse(c, "Edit: must be an object");
    const json_t *revision = member(c, body, "revision");
    const bool is_left_out = !revision && c->how == READ_LENIENTLY; /* then it is 0 */
    if (!is_left_out && !read_uint(revision, INT64_MAX, c->how, &out->edit.revision))
        return refuse(c, "Edit: revision must be an integer >= 0");

    const json_t *operation = member(c, body, "operation");
    if (!operation)
        return refuse(c, "Edit: operation is missing");
    const enum error err = operation_from_json(operation, c->how, &c->d->op, &c->detail);
    if (err)
        return err;
    out->edit.op = op_view(&c->d->op);
    return OK;
}

/* Any name will do in v1: it is kept, and the text is plain for who does not know it. */
static enum error decode_any_language(struct decoding *c, const json_t *body, struct client_message *out)
{
    struct slice raw;

    if (!read_string(body, &raw))
        return refuse(c, "SetLanguage: must be a string");
    const enum error err = pad_clean_language(raw, &c->d->name);
    if (!err) /* an empty one is a name too */
        out->language = slice_of(c->d->name.len ? c->d->name.ptr : "", c->d->name.len);
    return err;
}

static enum error decode_language(struct decoding *c, const json_t *body, struct client_message *out)
{
    if (c->how == READ_LENIENTLY)
        return decode_any_language(c, body, out);
    if (!read_string(body, &out->language) || !pad_language_is_valid(out->language))
        return refuse(c, "SetLanguage: must be 1 to 64 letters, digits, spaces or + # . _ -");
    return OK;
}

static enum error clean_name(struct decoding *c, struct slice raw, struct slice *out)
{
    const enum error err = pad_clean_name(raw, &c->d->name);

    if (!err)
        *out = buf_slice(&c->d->name);
    return err;
}

/* A hue is an angle: in v1 any number of turns, either way. */
static bool read_hue(const struct decoding *c, const json_t *value, uint16_t *out)
{
    int64_t degrees = 0;

    if (c->how == READ_LENIENTLY && !value) {
        *out = 0;
        return true;
    }
    if (!read_int(value, c->how, &degrees))
        return false;
    if (c->how == READ_STRICTLY && (degrees < 0 || degrees > HUE_MAX))
        return false;
    *out = (uint16_t)((degrees % PAD_HUES + PAD_HUES) % PAD_HUES);
    return true;
}

static enum error decode_info(struct decoding *c, const json_t *body, struct client_message *out)
{
    struct slice raw = {0};

    if (!json_is_object(body))
        return refuse(c, "ClientInfo: must be an object");
    const json_t *name = member(c, body, "name");
    const bool is_nameless = !name && c->how == READ_LENIENTLY;
    if (!is_nameless && !read_string(name, &raw))
        return refuse(c, "ClientInfo: name must be a string");
    if (!read_hue(c, member(c, body, "hue"), &out->info.hue))
        return refuse(c, "ClientInfo: hue must be an integer from 0 to 359");
    const enum error err = clean_name(c, raw, &out->info.name);
    if (!err && out->info.name.len == 0)
        out->info.name = SLICE("Anonymous");
    return err;
}

/* A place in the text, cut to 32 bits. It may be behind the text. */
static bool read_place(const struct decoding *c, const json_t *value, uint32_t *out)
{
    uint64_t place;

    if (!read_uint(value, INT64_MAX, c->how, &place))
        return false;
    *out = place < UINT32_MAX ? (uint32_t)place : UINT32_MAX;
    return true;
}

/* Checks all of the list and keeps its first PAD_CURSORS_MAX members. */
static bool may_be_left_out(const struct decoding *c, const json_t *list)
{
    return !list && c->how == READ_LENIENTLY;
}

static bool read_carets(const struct decoding *c, const json_t *list, uint32_t *out, size_t *kept)
{
    uint32_t caret;
    const size_t count = json_array_size(list);

    if (!json_is_array(list) && !may_be_left_out(c, list))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!read_place(c, json_array_get(list, i), &caret))
            return false;
        if (i < PAD_CURSORS_MAX)
            out[i] = caret;
    }
    *kept = count < PAD_CURSORS_MAX ? count : PAD_CURSORS_MAX;
    return true;
}

/* The same for pairs. */
static bool read_selections(const struct decoding *c, const json_t *list, struct pad_range *out, size_t *kept)
{
    struct pad_range range;
    const size_t count = json_array_size(list);

    if (!json_is_array(list) && !may_be_left_out(c, list))
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i);
        if (json_array_size(pair) != 2 || !read_place(c, json_array_get(pair, 0), &range.anchor) ||
            !read_place(c, json_array_get(pair, 1), &range.head))
            return false;
        if (i < PAD_CURSORS_MAX)
            out[i] = range;
    }
    *kept = count < PAD_CURSORS_MAX ? count : PAD_CURSORS_MAX;
    return true;
}

/* A list that is too long is checked to its end and cut, not refused: editors may
 * have any number of carets. */
static enum error decode_cursors(struct decoding *c, const json_t *body, struct client_message *out)
{
    /* Both lists live in the one buffer, at their full size. */
    struct lists {
        uint32_t carets[PAD_CURSORS_MAX];
        struct pad_range selections[PAD_CURSORS_MAX];
    };

    if (!json_is_object(body))
        return refuse(c, "CursorData: must be an object");
    buf_clear(&c->d->numbers);
    const enum error err = buf_reserve(&c->d->numbers, sizeof(struct lists));
    if (err)
        return err;
    struct lists *kept = (void *)c->d->numbers.ptr;
    if (!read_carets(c, member(c, body, "cursors"), kept->carets, &out->cursors.caret_count))
        return refuse(c, "CursorData: cursors must be an array of integers >= 0");
    if (!read_selections(c, member(c, body, "selections"), kept->selections, &out->cursors.selection_count))
        return refuse(c, "CursorData: selections must be an array of pairs of integers >= 0");
    out->cursors.carets = kept->carets;
    out->cursors.selections = kept->selections;
    return OK;
}

static enum error decode_ping(struct decoding *c, const json_t *body, struct client_message *out)
{
    if (!read_int(body, c->how, &out->ping))
        return refuse(c, "Ping: must be an integer");
    return OK;
}

static enum error decode_restored(struct decoding *c, const json_t *body, struct client_message *out)
{
    const json_t *at = read_optional(body, "at");
    int64_t seconds = 0;

    if (!json_is_object(body))
        return refuse(c, "Restored: must be an object");
    if (!read_uint(json_object_get(body, "revision"), INT64_MAX, c->how, &out->restored.revision))
        return refuse(c, "Restored: revision must be an integer >= 0");
    if (at && (!read_int(at, c->how, &seconds) || seconds < 0 || seconds > SECONDS_MAX))
        return refuse(c, "Restored: at must be seconds since 1970 or null");
    out->restored.at_ms = seconds * 1000;
    return OK;
}

/* The last state that the tab has. An epoch that is no id was never given out by
 * this server and is treated as unknown, not as an error. A revision means nothing
 * without an epoch. */
static enum error decode_known_state(struct decoding *c, const json_t *body, struct pad_hello *out)
{
    const json_t *epoch = read_optional(body, "epoch");
    const json_t *revision = read_optional(body, "revision");
    struct slice text;

    if (epoch && !read_string(epoch, &text))
        return refuse(c, "Hello: epoch must be a string or null");
    if (revision && !read_uint(revision, INT64_MAX, c->how, &out->revision))
        return refuse(c, "Hello: revision must be an integer >= 0");
    out->has_epoch = epoch && id128_decode(text, &out->epoch) && !id128_is_zero(out->epoch);
    if (!out->has_epoch)
        out->revision = 0;
    return OK;
}

static enum error decode_person(struct decoding *c, const json_t *body, struct pad_hello *out)
{
    const json_t *name = read_optional(body, "name"), *hue = read_optional(body, "hue");
    struct slice raw = {0};

    if (name && !read_string(name, &raw))
        return refuse(c, "Hello: name must be a string");
    if (hue && !read_hue(c, hue, &out->hue))
        return refuse(c, "Hello: hue must be an integer from 0 to 359");
    return clean_name(c, raw, &out->name);
}

/* A rule that is not known here is one that a later server would have agreed to:
 * Welcome does not echo it, and the tab goes by text. */
static enum error decode_order(struct decoding *c, const json_t *body, struct pad_hello *out)
{
    const json_t *order = read_optional(body, "order");
    struct slice name = {0};

    if (order && !read_string(order, &name))
        return refuse(c, "Hello: order must be a string or null");
    out->order = slice_equal(name, SLICE("author")) ? PAD_BY_AUTHOR : PAD_BY_TEXT;
    return OK;
}

/* Only true asks for them: what else a later client may say there is not known here. */
static void decode_comments(const json_t *body, struct pad_hello *out)
{
    out->follows_comments = json_is_true(json_object_get(body, "comments"));
}

static bool is_base64url(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Of the right shape, or absent. One that nobody was ever given opens nothing, and is no mistake of form. */
static bool read_token(const json_t *value, struct slice *out)
{
    struct slice text;

    if (!value)
        return true;
    if (!read_string(value, &text) || text.len != ID128_CHARS)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_base64url(text.ptr[i]))
            return false;
    *out = text;
    return true;
}

static enum error decode_tokens(struct decoding *c, const json_t *body, struct client_message *out)
{
    if (!read_token(read_optional(body, "link"), &out->hello.link))
        return refuse(c, "Hello: link must be 22 base64url characters or null");
    if (!read_token(read_optional(body, "owner"), &out->hello.owner))
        return refuse(c, "Hello: owner must be 22 base64url characters or null");
    return OK;
}

static enum error decode_hello(struct decoding *c, const json_t *body, struct client_message *out)
{
    struct pad_hello *hello = &out->hello.pad;
    const json_t *password = read_optional(body, "otp");

    hello->version = PAD_V2;
    if (!read_id128(json_object_get(body, "client"), &hello->token) || id128_is_zero(hello->token))
        return refuse(c, "Hello: client must be 22 base64url characters, 128 random bits");
    if (password && !read_string(password, &out->hello.password))
        return refuse(c, "Hello: otp must be a string or null");
    enum error err = decode_tokens(c, body, out);
    if (!err)
        err = decode_known_state(c, body, hello);
    if (!err)
        err = decode_person(c, body, hello);
    if (!err)
        err = decode_order(c, body, hello);
    decode_comments(body, hello);
    return err;
}

/* ---- which message it is ---- */

typedef enum error decode_fn(struct decoding *c, const json_t *body, struct client_message *out);

static const struct message_row {
    const char *key;
    enum client_message_kind kind;
    enum pad_version since; /* earlier versions do not know the message */
    decode_fn *decode;
} messages[] = {
    {"Edit", CLIENT_EDIT, PAD_V1, decode_edit},
    {"CursorData", CLIENT_CURSORS, PAD_V1, decode_cursors},
    {"Ping", CLIENT_PING, PAD_V2, decode_ping},
    {"Restored", CLIENT_RESTORED, PAD_V2, decode_restored},
    {"ClientInfo", CLIENT_INFO, PAD_V1, decode_info},
    {"SetLanguage", CLIENT_SET_LANGUAGE, PAD_V1, decode_language},
    {"Hello", CLIENT_HELLO, PAD_V2, decode_hello},
};

enum { MESSAGE_ROWS = sizeof messages / sizeof messages[0] };

static const struct message_row *find_row(const char *key)
{
    for (size_t i = 0; i < MESSAGE_ROWS; i++)
        if (strcmp(messages[i].key, key) == 0)
            return &messages[i];
    return NULL;
}

/* v2: the object has one key, and it is known. */
static enum error decode_only(struct decoding *c, struct client_message *out)
{
    json_t *root = c->d->root;
    if (json_object_size(root) != 1)
        return refuse(c, "The message must have exactly one key");

    void *only = json_object_iter(root);
    const struct message_row *row = find_row(json_object_iter_key(only));
    if (!row)
        return refuse(c, "The message is of an unknown kind");
    out->kind = row->kind;
    return row->decode(c, json_object_iter_value(only), out);
}

/* v1: each key is a message, in the order of the table; those that are not known
 * are not for us. */
static enum error decode_next(struct decoding *c, struct client_message *out)
{
    out->kind = CLIENT_NOTHING;
    while (c->d->next_row < MESSAGE_ROWS) {
        const struct message_row *row = &messages[c->d->next_row++];
        const json_t *body = row->since == PAD_V1 ? member(c, c->d->root, row->key) : NULL;
        if (!body)
            continue;
        out->kind = row->kind;
        return row->decode(c, body, out);
    }
    return OK;
}

static enum error decode_first(struct decoding *c, struct slice json, struct client_message *out)
{
    const enum error err = read_root(json, c->how, &c->d->root);
    if (err) {
        c->detail = err == ERR_NO_MEMORY ? error_text(err) : "The message is not a JSON object";
        return err;
    }
    c->d->next_row = 0;
    return c->how == READ_STRICTLY ? decode_only(c, out) : decode_next(c, out);
}

/* Gives the message, or why there is none. */
static enum error answer(const struct decoding *c, enum error err, const struct client_message *message,
                         struct client_message *out, const char **detail)
{
    if (err)
        *detail = c->detail;
    else
        *out = *message;
    return err;
}

enum error client_decode(struct client_decoder *d, enum pad_version version, struct slice json,
                         struct client_message *out, const char **detail)
{
    /* Running out of memory is the one error that sets no detail of its own. */
    struct decoding c = {.d = d,
                         .how = version == PAD_V1 ? READ_LENIENTLY : READ_STRICTLY,
                         .detail = error_text(ERR_NO_MEMORY)};
    struct client_message message = {0};
    const enum error err = decode_first(&c, json, &message);

    return answer(&c, err, &message, out, detail);
}

enum error client_decode_next(struct client_decoder *d, struct client_message *out, const char **detail)
{
    struct decoding c = {.d = d, .how = READ_LENIENTLY, .detail = error_text(ERR_NO_MEMORY)};
    struct client_message message = {0};
    const enum error err = decode_next(&c, &message);

    return answer(&c, err, &message, out, detail);
}

/* ---- the HTTP body ---- */

static bool read_protect(const json_t *root, struct protect_request *out)
{
    const json_t *name = read_optional(root, "user_name"), *password = read_optional(root, "otp");
    const json_t *client = read_optional(root, "client"), *user = json_object_get(root, "user_id");

    out->has_client = client != NULL;
    out->has_user = user != NULL;
    return (!user || read_uint(user, INT64_MAX, READ_STRICTLY, &out->user_id)) &&
           (!name || read_string(name, &out->user_name)) &&
           (!password || read_string(password, &out->password)) &&
           (!client || read_id128(client, &out->client));
}

enum error protect_decode(struct client_decoder *d, struct slice json, struct protect_request *out)
{
    struct protect_request request = {0};
    const enum error err = read_root(json.len > 0 ? json : SLICE("{}"), READ_STRICTLY, &d->root);

    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_BAD_REQUEST;
    if (!read_protect(d->root, &request))
        return ERR_BAD_REQUEST;
    *out = request;
    return OK;
}
