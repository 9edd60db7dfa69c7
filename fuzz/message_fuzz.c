/* link: kp_proto kp_alloc */
/* Bytes from a client: messages of both versions, bodies of HTTP requests, and the revision that a reader
 * has.
 *
 * Laws: a refusal has a reason that fits a close frame and leaves the result
 * alone; what is accepted is within its bounds; a valid edit, encoded and
 * decoded again, is the same edit; whatever v2 takes, v1 takes as the same; an
 * edit of v1 with foreign line ends, applied and corrected, leaves its author
 * with the text that the pad has. */
#include "pad/pad_private.h"
#include "proto/client_message.h"
#include "proto/history_request.h"
#include "proto/known_revision.h"
#include "proto/rights_request.h"
#include "proto/server_message.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

enum { CLOSE_REASON_MAX = 123 };

static struct client_decoder decoder, second;
static struct buf text;

enum { TEXT_MAX = 4096 };

/* A text of that many points for the edit to be made on: line ends, and others. */
static bool text_of(uint32_t points, struct rope *out)
{
    static char some[TEXT_MAX];
    if (points > TEXT_MAX)
        return false;
    for (uint32_t i = 0; i < points; i++)
        some[i] = i % 3 ? '\n' : 'a';
    return rope_from_text(out, slice_of(some, points)) == OK;
}

/* Inserts of the copy hold \r, which op_apply takes as it takes any checked text. */
static void line_ends_are_corrected(struct op_view typed)
{
    struct rope pad_text = {0}, copy = {0};
    struct op edit = {0}, correction = {0};
    struct buf a = {0}, b = {0};
    struct op_view checked;
    if (!text_of(typed.base_points, &pad_text) || !text_of(typed.base_points, &copy))
        return;
    LAW(line_ends_split(typed, &pad_text, &edit, &correction) == OK);
    LAW(op_decode(op_view(&edit).code, &checked) == OK &&
        op_decode(op_view(&correction).code, &checked) == OK);
    LAW(op_apply(op_view(&edit), &pad_text) == OK);
    LAW(op_apply(typed, &copy) == OK && op_apply(op_view(&correction), &copy) == OK);
    LAW(rope_read(&pad_text, 0, rope_size(&pad_text).points, &a) == OK);
    LAW(rope_read(&copy, 0, rope_size(&copy).points, &b) == OK);
    LAW(slice_equal(buf_slice(&a), buf_slice(&b)) && !utf8_has_cr(buf_slice(&a)));
    rope_deinit(&pad_text);
    rope_deinit(&copy);
    op_deinit(&edit);
    op_deinit(&correction);
    buf_deinit(&a);
    buf_deinit(&b);
}

static void edit_survives(const struct client_message *m, enum pad_version version)
{
    struct json j = json_to(&text);
    struct client_message again;
    const char *detail;
    struct op_view checked;

    if (version == PAD_V1 && line_ends_are_foreign(m->edit.op)) {
        line_ends_are_corrected(m->edit.op);
        return;
    }
    LAW(op_decode(m->edit.op.code, &checked) == OK);
    LAW(checked.base_points == m->edit.op.base_points && checked.target_points == m->edit.op.target_points);
    buf_clear(&text);
    json_raw(&j, "{\"Edit\":{\"revision\":");
    json_uint(&j, m->edit.revision);
    json_raw(&j, ",\"operation\":");
    encode_operation(&j, m->edit.op);
    json_raw(&j, "}}");
    LAW(json_error(&j) == OK);
    LAW(client_decode(&second, version, buf_slice(&text), &again, &detail) == OK);
    LAW(again.kind == CLIENT_EDIT && again.edit.revision == m->edit.revision);
    LAW(op_equal(again.edit.op, m->edit.op));
}

static void is_within_bounds(const struct client_message *m, enum pad_version version)
{
    switch (m->kind) {
    case CLIENT_EDIT:
        edit_survives(m, version);
        break;
    case CLIENT_HELLO:
        LAW(version == PAD_V2 && m->hello.pad.hue <= 359 && !id128_is_zero(m->hello.pad.token));
        LAW(m->hello.pad.has_epoch == !id128_is_zero(m->hello.pad.epoch));
        LAW(m->hello.pad.name.len <= 4 * PAD_NAME_POINTS_MAX);
        LAW(m->hello.pad.order == PAD_BY_TEXT || m->hello.pad.order == PAD_BY_AUTHOR);
        break;
    case CLIENT_SET_LANGUAGE:
        LAW(version == PAD_V1 ? m->language.ptr && m->language.len <= PAD_LANGUAGE_KEPT_BYTES_MAX
                              : pad_language_is_valid(m->language));
        break;
    case CLIENT_INFO:
        LAW(m->info.hue <= 359 && m->info.name.len > 0 && m->info.name.len <= 4 * PAD_NAME_POINTS_MAX);
        break;
    case CLIENT_CURSORS:
        LAW(m->cursors.caret_count <= PAD_CURSORS_MAX && m->cursors.selection_count <= PAD_CURSORS_MAX);
        break;
    case CLIENT_PING:
        LAW(version == PAD_V2);
        break;
    case CLIENT_RESTORED:
        LAW(version == PAD_V2 && m->restored.revision <= INT64_MAX && m->restored.at_ms >= 0);
        break;
    case CLIENT_NOTHING:
        LAW(version == PAD_V1);
        break;
    case CLIENT_KIND_COUNT:
        LAW(!"it is a kind");
        break;
    }
}

/* The other messages in the same text. */
static void decode_rest(void)
{
    enum { KINDS = 4 };
    struct client_message m;
    const char *detail = NULL;

    for (int n = 0; n <= KINDS; n++) {
        const enum error err = client_decode_next(&decoder, &m, &detail);
        if (err || m.kind == CLIENT_NOTHING) {
            LAW(!err || detail);
            return;
        }
        is_within_bounds(&m, PAD_V1);
    }
    LAW(!"there is an end");
}

static void decode(enum pad_version version, struct slice json)
{
    struct client_message m, before;
    const char *detail = NULL;

    memset(&m, 0x5a, sizeof m);
    memcpy(&before, &m, sizeof m);
    const enum error err = client_decode(&decoder, version, json, &m, &detail);
    if (err == OK) {
        is_within_bounds(&m, version);
        if (version == PAD_V1)
            decode_rest();
        return;
    }
    LAW(err == ERR_BAD_MESSAGE || err == ERR_BAD_OPERATION || err == ERR_BAD_TEXT || err == ERR_NO_MEMORY);
    LAW(detail && strlen(detail) > 0 && strlen(detail) <= CLOSE_REASON_MAX);
    LAW(memcmp(&m, &before, sizeof m) == 0);
}

static void decode_protect(struct slice json)
{
    struct protect_request r;
    const enum error err = protect_decode(&decoder, json, &r);

    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_NO_MEMORY);
    LAW(err || r.user_id <= INT64_MAX);
}

static void decode_rights(struct slice json)
{
    enum { NAME_POINTS = 64, DAYS = 30 };
    struct link_request link;
    struct settings_request settings;
    struct charge_request charge;
    enum error err = link_decode(&decoder, json, NAME_POINTS, &link);

    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_BAD_LINK || err == ERR_NO_MEMORY);
    if (!err) {
        struct measure name;
        LAW(utf8_check(link.name, &name) == OK && name.points <= NAME_POINTS);
        LAW(link.expires_ms >= 0);
    }
    err = settings_decode(&decoder, json, DAYS, &settings);
    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_BAD_KEEP_DAYS || err == ERR_NO_MEMORY);
    if (!err) {
        LAW(settings.keep_days <= DAYS);
        LAW(!settings.sets_language || pad_language_is_valid(settings.language));
        LAW(settings.sets_manager || settings.sets_writer || settings.sets_language ||
            settings.sets_keep_days);
    }
    err = charge_decode(&decoder, json, &charge);
    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_NO_MEMORY);
}

/* What is taken is written as it was, but for zeros in front of the number. */
static void read_revision(struct slice bytes)
{
    struct known_revision known = {.revision = UINT64_MAX};
    const enum error err = known_revision_read(bytes, &known);

    LAW(err == OK || (err == ERR_BAD_WAIT && known.revision == UINT64_MAX));
    if (err)
        return;
    struct json j = json_to(&text);
    char epoch[ID128_CHARS];
    buf_clear(&text);
    json_uint(&j, known.revision);
    id128_encode(known.epoch, epoch);
    json_raw(&j, known.has_epoch ? "-" : "");
    json_bytes(&j, slice_of(epoch, known.has_epoch ? sizeof epoch : 0));
    LAW(known.revision <= INT64_MAX && json_error(&j) == OK && text.len <= bytes.len);
    const size_t zeros = bytes.len - text.len;
    LAW(slice_equal(slice_from(bytes, zeros), buf_slice(&text)));
    for (size_t i = 0; i < zeros; i++)
        LAW(bytes.ptr[i] == '0');
}

static void decode_history(struct slice json)
{
    struct history_change change;
    uint64_t revision;
    enum error err = history_change_decode(&decoder, json, &change);

    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_NO_MEMORY);
    LAW(err || (change.user_id <= INT64_MAX && (change.has_keep || !change.keep)));
    err = history_restore_decode(&decoder, json, &revision);
    LAW(err == OK || err == ERR_BAD_REQUEST || err == ERR_NO_MEMORY);
    LAW(err || revision <= INT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice json = slice_of(data, size);

    decode(PAD_V1, json);
    decode(PAD_V2, json);
    decode_protect(json);
    decode_rights(json);
    read_revision(json);
    decode_history(json);
    return 0;
}
