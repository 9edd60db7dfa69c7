#include "client/incoming.h"

#include "client/json_value.h"

#include <string.h>

enum { HUE_MOST = 359 };

void incoming_deinit(struct incoming_decoder *d)
{
    json_decref(d->root);
    op_deinit(&d->op);
    *d = (struct incoming_decoder){0};
}

/* ---- parts of messages ---- */

/* At most so many bytes, whole code points. */
static struct slice cut(struct slice text, size_t most_bytes)
{
    if (text.len <= most_bytes)
        return text;
    while (most_bytes > 0 && ((uint8_t)text.ptr[most_bytes] & 0xc0) == 0x80)
        most_bytes--;
    return slice_of(text.ptr, most_bytes);
}

static bool read_place(const json_t *value, uint32_t *out)
{
    uint64_t at;
    if (!value_count(value, INT64_MAX, &at))
        return false;
    *out = at < OP_POINTS_MAX ? (uint32_t)at : OP_POINTS_MAX;
    return true;
}

static uint32_t count_of(const json_t *array)
{
    const size_t count = json_array_size(array);
    return count < PERSON_PLACES_MAX ? (uint32_t)count : PERSON_PLACES_MAX;
}

/* Both lists may be left out. */
static bool read_places(const json_t *object, struct places *out)
{
    const json_t *carets = json_object_get(object, "cursors");
    const json_t *selections = json_object_get(object, "selections");
    if ((carets && !json_is_array(carets)) || (selections && !json_is_array(selections)))
        return false;
    out->caret_count = count_of(carets);
    out->selection_count = count_of(selections);
    bool ok = true;
    for (uint32_t i = 0; i < out->caret_count; i++)
        ok = ok && read_place(json_array_get(carets, i), &out->carets[i]);
    for (uint32_t i = 0; i < out->selection_count; i++) {
        const json_t *pair = json_array_get(selections, i);
        ok = ok && read_place(json_array_get(pair, 0), &out->selections[i].anchor) &&
             read_place(json_array_get(pair, 1), &out->selections[i].head);
    }
    return ok;
}

static bool read_name_and_hue(const json_t *object, struct incoming_person *out)
{
    uint64_t hue;
    if (!value_string(json_object_get(object, "name"), &out->name) ||
        !value_count(json_object_get(object, "hue"), HUE_MOST, &hue))
        return false;
    out->name = cut(out->name, PERSON_NAME_BYTES_MAX);
    out->hue = (uint16_t)hue;
    return true;
}

/* A role of a newer server is none that this one knows. */
static bool read_role(const json_t *value, enum role *out)
{
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"view", ROLE_VIEW}, {"edit", ROLE_EDIT}, {"own", ROLE_OWN}};
    struct slice name;
    if (!value_optional_string(value, &name))
        return false;
    *out = ROLE_NOT_TOLD;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (slice_equal(name, slice_from_cstr(roles[i].name)))
            *out = roles[i].role;
    }
    return true;
}

static bool read_flag(const json_t *value, bool *out)
{
    *out = false;
    return !value || value_bool(value, out);
}

/* Absent and null: 0. */
static bool read_seconds(const json_t *value, int64_t *out)
{
    *out = 0;
    return !value || json_is_null(value) || value_int(value, out);
}

/* A password that is too long to be one reads as none. */
static struct slice password_of(struct slice text)
{
    return text.len <= PASSWORD_BYTES_MAX ? text : (struct slice){0};
}

/* ---- messages ---- */

static bool read_limits(const json_t *limits, struct incoming_welcome *w)
{
    return value_count(json_object_get(limits, "document_bytes"), INT64_MAX, &w->document_bytes) &&
           value_count(json_object_get(limits, "message_bytes"), INT64_MAX, &w->message_bytes);
}

static bool read_welcome(const json_t *body, struct incoming *out)
{
    struct incoming_welcome *w = &out->welcome;
    struct slice order;
    const bool ok = value_user_id(json_object_get(body, "user_id"), &w->user_id) &&
                    value_id128(json_object_get(body, "epoch"), &w->epoch) &&
                    value_count(json_object_get(body, "revision"), INT64_MAX, &w->revision) &&
                    value_bool(json_object_get(body, "resumed"), &w->resumed) &&
                    value_count(json_object_get(body, "committed"), INT64_MAX, &w->committed) &&
                    read_role(json_object_get(body, "access"), &w->role) &&
                    value_optional_string(json_object_get(body, "language"), &w->language) &&
                    value_optional_string(json_object_get(body, "otp"), &w->password) &&
                    value_optional_string(json_object_get(body, "owner"), &w->owner) &&
                    value_optional_string(json_object_get(body, "server"), &w->server) &&
                    value_optional_string(json_object_get(body, "order"), &order) &&
                    read_limits(json_object_get(body, "limits"), w) &&
                    read_flag(json_object_get(body, "history"), &w->keeps_history) &&
                    read_seconds(json_object_get(body, "created_at"), &w->created_s) &&
                    read_seconds(json_object_get(body, "expires_at"), &w->expires_s);
    if (!ok)
        return false;
    w->by_author = slice_equal(order, SLICE("author"));
    w->language = cut(w->language, LANGUAGE_BYTES_MAX);
    w->password = password_of(w->password);
    return true;
}

static bool read_snapshot(const json_t *body, struct incoming *out)
{
    return value_count(json_object_get(body, "revision"), INT64_MAX, &out->snapshot.revision) &&
           value_string(json_object_get(body, "text"), &out->snapshot.text);
}

static bool read_history(const json_t *body, struct incoming *out)
{
    const json_t *operations = json_object_get(body, "operations");
    out->history.count = json_array_size(operations);
    return json_is_array(operations) &&
           value_count(json_object_get(body, "start"), INT64_MAX, &out->history.start);
}

static bool read_users(const json_t *body, struct incoming *out)
{
    out->users.count = json_array_size(body);
    return json_is_array(body);
}

static bool read_user_info(const json_t *body, struct incoming *out)
{
    const json_t *info = json_object_get(body, "info");
    if (!value_user_id(json_object_get(body, "id"), &out->person.user_id))
        return false;
    if (!info || json_is_null(info)) {
        out->kind = INCOMING_USER_LEFT;
        return true;
    }
    return read_name_and_hue(info, &out->person);
}

static bool read_user_cursor(const json_t *body, struct incoming *out)
{
    const json_t *data = json_object_get(body, "data");
    return json_is_object(data) && value_user_id(json_object_get(body, "id"), &out->person.user_id) &&
           read_places(data, &out->person.places);
}

static bool read_language(const json_t *body, struct incoming *out)
{
    const bool ok = value_optional_string(json_object_get(body, "language"), &out->setting.value) &&
                    value_user_id(json_object_get(body, "user_id"), &out->setting.user_id);
    if (ok)
        out->setting.value = cut(out->setting.value, LANGUAGE_BYTES_MAX);
    return ok;
}

static bool read_password(const json_t *body, struct incoming *out)
{
    const bool ok = value_optional_string(json_object_get(body, "otp"), &out->setting.value) &&
                    value_user_id(json_object_get(body, "user_id"), &out->setting.user_id);
    if (ok)
        out->setting.value = password_of(out->setting.value);
    return ok;
}

static bool read_rejected(const json_t *body, struct incoming *out)
{
    const json_t *limit = json_object_get(body, "limit");
    return value_count(json_object_get(body, "revision"), INT64_MAX, &out->rejected.revision) &&
           value_string(json_object_get(body, "code"), &out->rejected.code) &&
           value_string(json_object_get(body, "message"), &out->rejected.message) &&
           (!limit || json_is_null(limit) || value_count(limit, INT64_MAX, &out->rejected.limit));
}

static bool read_storage(const json_t *body, struct incoming *out)
{
    return value_bool(json_object_get(body, "writable"), &out->storage_writable);
}

static bool read_access(const json_t *body, struct incoming *out)
{
    return json_is_object(body) && read_role(json_object_get(body, "role"), &out->role);
}

static bool read_owner(const json_t *body, struct incoming *out)
{
    return value_string(json_object_get(body, "token"), &out->owner);
}

static bool read_author(const json_t *body, uint64_t *user_id, struct slice *name)
{
    if (!value_user_id(json_object_get(body, "user_id"), user_id) ||
        !value_string(json_object_get(body, "user_name"), name))
        return false;
    *name = cut(*name, PERSON_NAME_BYTES_MAX);
    return true;
}

static bool read_restored(const json_t *body, struct incoming *out)
{
    struct incoming_restored *r = &out->restored;
    return value_count(json_object_get(body, "revision"), INT64_MAX, &r->revision) &&
           read_seconds(json_object_get(body, "at"), &r->at_s) && read_author(body, &r->user_id, &r->name);
}

static bool read_history_changed(const json_t *body, struct incoming *out)
{
    static const struct {
        const char *name;
        enum history_change change;
    } changes[] = {{"deleted", HISTORY_DELETED}, {"off", HISTORY_SWITCHED_OFF}, {"on", HISTORY_SWITCHED_ON}};
    struct incoming_history_changed *h = &out->history_changed;
    struct slice change;
    if (!value_string(json_object_get(body, "change"), &change) ||
        !value_bool(json_object_get(body, "kept"), &h->is_kept) || !read_author(body, &h->user_id, &h->name))
        return false;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (slice_equal(change, slice_from_cstr(changes[i].name)))
            h->change = changes[i].change;
    }
    return true;
}

static bool read_pong(const json_t *body, struct incoming *out)
{
    return value_int(body, &out->pong);
}

static bool read_thread_id(const json_t *value, struct incoming_thread *out)
{
    struct slice id;
    if (!value_string(value, &id) || id.len != THREAD_ID_CHARS)
        return false;
    memcpy(out->id, id.ptr, THREAD_ID_CHARS);
    return true;
}

static bool read_thread(const json_t *body, struct incoming_thread *out)
{
    const json_t *comments = json_object_get(body, "comments"), *resolved = json_object_get(body, "resolved");
    out->comments = (uint32_t)json_array_size(comments);
    out->is_resolved = resolved && !json_is_null(resolved);
    return read_thread_id(json_object_get(body, "id"), out) &&
           read_place(json_object_get(body, "from"), &out->from) &&
           read_place(json_object_get(body, "to"), &out->to) && json_is_array(comments);
}

static bool read_comments(const json_t *body, struct incoming *out)
{
    const json_t *threads = json_object_get(body, "threads");
    out->comments.count = json_array_size(threads);
    return json_is_array(threads) &&
           value_count(json_object_get(body, "revision"), INT64_MAX, &out->comments.revision);
}

static bool read_comment(const json_t *body, struct incoming *out)
{
    return value_count(json_object_get(body, "revision"), INT64_MAX, &out->comment.revision) &&
           read_thread(json_object_get(body, "thread"), &out->comment.thread);
}

static bool read_comment_gone(const json_t *body, struct incoming *out)
{
    return read_thread_id(json_object_get(body, "thread"), &out->comment.thread);
}

static const struct message {
    const char *name;
    enum incoming_kind kind;
    bool (*read)(const json_t *body, struct incoming *out); /* `out` is zero but for its kind */
    const char *detail;
} messages[] = {
    {"Welcome", INCOMING_WELCOME, read_welcome, "Welcome is not as the protocol has it"},
    {"Snapshot", INCOMING_SNAPSHOT, read_snapshot, "Snapshot is not as the protocol has it"},
    {"History", INCOMING_HISTORY, read_history, "History is not as the protocol has it"},
    {"Users", INCOMING_USERS, read_users, "Users is no list"},
    {"UserInfo", INCOMING_USER_INFO, read_user_info, "UserInfo is not as the protocol has it"},
    {"UserCursor", INCOMING_USER_CURSOR, read_user_cursor, "UserCursor is not as the protocol has it"},
    {"Language", INCOMING_LANGUAGE, read_language, "Language is not as the protocol has it"},
    {"OTP", INCOMING_PASSWORD, read_password, "OTP is not as the protocol has it"},
    {"Rejected", INCOMING_REJECTED, read_rejected, "Rejected is not as the protocol has it"},
    {"Storage", INCOMING_STORAGE, read_storage, "Storage is not as the protocol has it"},
    {"Access", INCOMING_ACCESS, read_access, "Access is not as the protocol has it"},
    {"Owner", INCOMING_OWNER, read_owner, "Owner is not as the protocol has it"},
    {"Restored", INCOMING_RESTORED, read_restored, "Restored is not as the protocol has it"},
    {"HistoryChanged", INCOMING_HISTORY_CHANGED, read_history_changed,
     "HistoryChanged is not as the protocol has it"},
    {"Pong", INCOMING_PONG, read_pong, "Pong is no number"},
    {"Comments", INCOMING_COMMENTS, read_comments, "Comments is not as the protocol has it"},
    {"Comment", INCOMING_COMMENT, read_comment, "Comment is not as the protocol has it"},
    {"CommentGone", INCOMING_COMMENT_GONE, read_comment_gone, "CommentGone is not as the protocol has it"},
};

static const struct message *find_message(const char *name)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (strcmp(messages[i].name, name) == 0)
            return &messages[i];
    }
    return NULL;
}

enum error incoming_decode(struct incoming_decoder *d, struct slice json, struct incoming *out,
                           const char **detail)
{
    json_t *root = d->root;
    *detail = "a message is larger than this program takes";
    if (json.len > INCOMING_BYTES_MAX)
        return ERR_MESSAGE_TOO_LARGE;
    *detail = "a message is no JSON object";
    const enum error err = value_parse(json, &root);
    d->root = root;
    if (err)
        return err;
    *detail = "a message has one key";
    void *only = json_object_iter(root);
    if (!only || json_object_iter_next(root, only))
        return ERR_BAD_MESSAGE;
    struct incoming message = {.kind = INCOMING_UNKNOWN};
    const struct message *known = find_message(json_object_iter_key(only));
    if (known) {
        message.kind = known->kind;
        *detail = known->detail;
        if (!known->read(json_object_iter_value(only), &message))
            return ERR_BAD_MESSAGE;
    }
    *out = message;
    return OK;
}

/* ---- their lists ---- */

static const json_t *list_of(const struct incoming_decoder *d, const char *message, const char *member)
{
    const json_t *body = json_object_get(d->root, message);
    return member ? json_object_get(body, member) : body;
}

enum error incoming_entry(struct incoming_decoder *d, size_t at, struct incoming_entry *out,
                          const char **detail)
{
    const json_t *entry = json_array_get(list_of(d, "History", "operations"), at);
    struct incoming_entry e = {0};
    struct slice order;
    *detail = "History: an entry is not as the protocol has it";
    if (!value_user_id(json_object_get(entry, "id"), &e.user_id) ||
        !value_optional_string(json_object_get(entry, "order"), &order))
        return ERR_BAD_MESSAGE;
    *detail = "History: an operation is none";
    const enum error err = value_operation(json_object_get(entry, "operation"), &d->op);
    if (err)
        return err;
    e.by_text = order.ptr != NULL;
    e.op = op_view(&d->op);
    *out = e;
    return OK;
}

enum error incoming_thread(struct incoming_decoder *d, size_t at, struct incoming_thread *out,
                           const char **detail)
{
    const json_t *body = json_array_get(list_of(d, "Comments", "threads"), at);
    struct incoming_thread thread = {0};
    *detail = "Comments: a thread is not as the protocol has it";
    if (!read_thread(body, &thread))
        return ERR_BAD_MESSAGE;
    *out = thread;
    return OK;
}

enum error incoming_person(struct incoming_decoder *d, size_t at, struct incoming_person *out,
                           const char **detail)
{
    const json_t *user = json_array_get(list_of(d, "Users", NULL), at);
    struct incoming_person person = {0};
    *detail = "Users: a person is not as the protocol has it";
    if (!value_user_id(json_object_get(user, "id"), &person.user_id) || !read_name_and_hue(user, &person) ||
        !read_places(user, &person.places))
        return ERR_BAD_MESSAGE;
    *out = person;
    return OK;
}
