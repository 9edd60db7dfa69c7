/* link: kp_proto kp_alloc */
/* Bytes from a client: messages of both versions, and the protect body.
 *
 * Laws: a refusal has a reason that fits a close frame and leaves the result
 * alone; what is accepted is within its bounds; a valid edit, encoded and
 * decoded again, is the same edit. */
#include "proto/client_message.h"
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

static void edit_survives(const struct client_message *m, enum pad_version version)
{
    struct json j = json_to(&text);
    struct client_message again;
    const char *detail;
    struct op_view checked;

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
        break;
    case CLIENT_SET_LANGUAGE:
        LAW(pad_language_is_valid(m->language));
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
    }
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice json = slice_of(data, size);

    decode(PAD_V1, json);
    decode(PAD_V2, json);
    decode_protect(json);
    return 0;
}
