/* A table of messages, and a function for each that checks its body. */
#include "proto/client_message.h"

#include "proto/json_read.h"
#include "proto/operation_json.h"

#include <string.h>

enum { HUE_MAX = PAD_HUES - 1 };

/* One call of client_decode: the memory for the parts of the message, and the text
 * for the close reason once something is wrong. */
struct decoding {
    struct client_decoder *d;
    const char *detail;
};

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
    if (!read_uint(json_object_get(body, "revision"), INT64_MAX, &out->edit.revision))
        return refuse(c, "Edit: revision must be an integer >= 0");

    const json_t *operation = json_object_get(body, "operation");
    if (!operation)
        return refuse(c, "Edit: operation is missing");
    const enum error err = operation_from_json(operation, &c->d->op, &c->detail);
    if (err)
        return err;
    out->edit.op = op_view(&c->d->op);
    return OK;
}

static enum error decode_language(struct decoding *c, const json_t *body, struct client_message *out)
{
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

static enum error decode_info(struct decoding *c, const json_t *body, struct client_message *out)
{
    struct slice raw;
    uint64_t hue;

    if (!read_string(json_object_get(body, "name"), &raw))
        return refuse(c, "ClientInfo: name must be a string");
    if (!read_uint(json_object_get(body, "hue"), HUE_MAX, &hue))
        return refuse(c, "ClientInfo: hue must be an integer from 0 to 359");
    out->info.hue = (uint16_t)hue;
    const enum error err = clean_name(c, raw, &out->info.name);
    if (!err && out->info.name.len == 0)
        out->info.name = SLICE("Anonymous");
    return err;
}

/* A place in the text, cut to 32 bits; the pad cuts it to the text. */
static bool read_place(const json_t *value, uint32_t *out)
{
    uint64_t place;

    if (!read_uint(value, INT64_MAX, &place))
        return false;
    *out = place < UINT32_MAX ? (uint32_t)place : UINT32_MAX;
    return true;
}

/* Checks all of the list and keeps its first PAD_CURSORS_MAX members. */
static bool read_carets(const json_t *list, uint32_t *out, size_t *kept)
{
    uint32_t caret;
    const size_t count = json_array_size(list);

    if (!json_is_array(list))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!read_place(json_array_get(list, i), &caret))
            return false;
        if (i < PAD_CURSORS_MAX)
            out[i] = caret;
    }
    *kept = count < PAD_CURSORS_MAX ? count : PAD_CURSORS_MAX;
    return true;
}

/* The same for pairs. */
static bool read_selections(const json_t *list, struct pad_range *out, size_t *kept)
{
    struct pad_range range;
    const size_t count = json_array_size(list);

    if (!json_is_array(list))
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i);
        if (json_array_size(pair) != 2 || !read_place(json_array_get(pair, 0), &range.anchor) ||
            !read_place(json_array_get(pair, 1), &range.head))
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

    buf_clear(&c->d->numbers);
    const enum error err = buf_reserve(&c->d->numbers, sizeof(struct lists));
    if (err)
        return err;
    struct lists *kept = (void *)c->d->numbers.ptr;
    if (!read_carets(json_object_get(body, "cursors"), kept->carets, &out->cursors.caret_count))
        return refuse(c, "CursorData: cursors must be an array of integers >= 0");
    if (!read_selections(json_object_get(body, "selections"), kept->selections,
                         &out->cursors.selection_count))
        return refuse(c, "CursorData: selections must be an array of pairs of integers >= 0");
    out->cursors.carets = kept->carets;
    out->cursors.selections = kept->selections;
    return OK;
}

static enum error decode_ping(struct decoding *c, const json_t *body, struct client_message *out)
{
    if (!read_int(body, &out->ping))
        return refuse(c, "Ping: must be an integer");
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
    if (revision && !read_uint(revision, INT64_MAX, &out->revision))
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
    uint64_t degrees = 0;

    if (name && !read_string(name, &raw))
        return refuse(c, "Hello: name must be a string");
    if (hue && !read_uint(hue, HUE_MAX, &degrees))
        return refuse(c, "Hello: hue must be an integer from 0 to 359");
    out->hue = (uint16_t)degrees;
    return clean_name(c, raw, &out->name);
}

static enum error decode_hello(struct decoding *c, const json_t *body, struct client_message *out)
{
    struct pad_hello *hello = &out->hello.pad;
    const json_t *otp = read_optional(body, "otp");

    hello->version = PAD_V2;
    if (!read_id128(json_object_get(body, "client"), &hello->token) || id128_is_zero(hello->token))
        return refuse(c, "Hello: client must be 22 base64url characters, 128 random bits");
    if (otp && !read_string(otp, &out->hello.otp))
        return refuse(c, "Hello: otp must be a string or null");
    enum error err = decode_known_state(c, body, hello);
    if (!err)
        err = decode_person(c, body, hello);
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
    {"ClientInfo", CLIENT_INFO, PAD_V1, decode_info},
    {"SetLanguage", CLIENT_SET_LANGUAGE, PAD_V1, decode_language},
    {"Hello", CLIENT_HELLO, PAD_V2, decode_hello},
};

static const struct message_row *find_row(const char *key, enum pad_version version)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].since <= version && strcmp(messages[i].key, key) == 0)
            return &messages[i];
    return NULL;
}

static enum error decode(struct decoding *c, enum pad_version version, struct slice json,
                         struct client_message *out)
{
    const enum error err = read_root(json, &c->d->root);
    if (err) {
        c->detail = err == ERR_NO_MEMORY ? error_text(err) : "The message is not a JSON object";
        return err;
    }
    json_t *root = c->d->root;
    if (json_object_size(root) != 1)
        return refuse(c, "The message must have exactly one key");

    void *member = json_object_iter(root);
    const struct message_row *row = find_row(json_object_iter_key(member), version);
    if (!row)
        return refuse(c, "The message is of an unknown kind");
    out->kind = row->kind;
    return row->decode(c, json_object_iter_value(member), out);
}

enum error client_decode(struct client_decoder *d, enum pad_version version, struct slice json,
                         struct client_message *out, const char **detail)
{
    /* Running out of memory is the one error that sets no detail of its own. */
    struct decoding c = {.d = d, .detail = error_text(ERR_NO_MEMORY)};
    struct client_message message = {0};
    const enum error err = decode(&c, version, json, &message);

    if (err)
        *detail = c.detail;
    else
        *out = message;
    return err;
}

/* ---- the HTTP body ---- */

static bool read_protect(const json_t *root, struct protect_request *out)
{
    const json_t *name = read_optional(root, "user_name"), *otp = read_optional(root, "otp");
    const json_t *client = read_optional(root, "client");

    out->has_client = client != NULL;
    return read_uint(json_object_get(root, "user_id"), INT64_MAX, &out->user_id) &&
           (!name || read_string(name, &out->user_name)) && (!otp || read_string(otp, &out->otp)) &&
           (!client || read_id128(client, &out->client));
}

enum error protect_decode(struct client_decoder *d, struct slice json, struct protect_request *out)
{
    struct protect_request request = {0};
    const enum error err = read_root(json, &d->root);

    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_BAD_REQUEST;
    if (!read_protect(d->root, &request))
        return ERR_BAD_REQUEST;
    *out = request;
    return OK;
}
