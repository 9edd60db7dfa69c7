/* link: kp_proto kp_alloc */
/* Messages of a client that may only read, one after the other, a line each.
 *
 * Laws: whatever it says, the text, the language and the carets stay what they are and nobody is told
 * anything but its own name; the pad keeps its invariants; once it may edit, the same edits
 * count again. */
#include "pad/pad.h"
#include "proto/client_message.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

static struct client_decoder decoder;
static struct pad_limits limits;
static struct pad pad;
static struct pad_peer ada, vera;

static struct pad_hello hello_of(uint8_t token, bool is_viewer)
{
    struct pad_hello hello = {.version = PAD_V2, .name = SLICE("x"), .is_viewer = is_viewer};
    hello.token.bytes[0] = token;
    return hello;
}

static void write_text(struct pad_peer *peer)
{
    struct op op = {0};
    LAW(op_insert(&op, SLICE("the text")) == OK);
    LAW(pad_edit(peer, 0, op_view(&op), 1000) == OK);
    op_deinit(&op);
    pad_committed(&pad, pad.revision);
}

static void begin(void)
{
    struct pad_hello by_ada = hello_of(1, false), by_vera = hello_of(2, true);
    struct pad_welcome welcome;
    uint32_t caret = 3;
    limits = pad_limits_default(1000);
    ada = vera = (struct pad_peer){0};
    pad_init(&pad, &limits, (struct id128){{1}});
    LAW(pad_join(&pad, &ada, &by_ada, 1000, &welcome) == OK);
    write_text(&ada);
    LAW(pad_set_cursors(&ada, &caret, 1, NULL, 0, 1000) == OK);
    LAW(pad_join(&pad, &vera, &by_vera, 1000, &welcome) == OK);
}

static void end(void)
{
    LAW(pad_check(&pad) == NULL);
    pad_leave(&ada, 2000);
    pad_leave(&vera, 2000);
    pad_deinit(&pad);
}

/* As a session does it (src/session/receive.c). */
static enum error apply(const struct client_message *m)
{
    switch (m->kind) {
    case CLIENT_EDIT:
        return pad_edit(&vera, m->edit.revision, m->edit.op, 1500);
    case CLIENT_SET_LANGUAGE:
        return pad_set_language(&vera, m->language);
    case CLIENT_INFO:
        return pad_set_info(&vera, m->info.name, m->info.hue);
    case CLIENT_CURSORS:
        return pad_set_cursors(&vera, m->cursors.carets, m->cursors.caret_count, m->cursors.selections,
                               m->cursors.selection_count, 1500);
    case CLIENT_PING:
        pad_pinged(&vera);
        return OK;
    default:
        return ERR_BAD_MESSAGE;
    }
}

static void nothing_has_changed(uint64_t since)
{
    struct pad_change change;
    LAW(pad.revision == 1 && rope_size(&pad.text).points == 8 && !pad.language.ptr);
    LAW(pad_cursors_now(&ada)->carets[0] == 3 && !vera.cursors.carets);
    for (struct link *at = NULL; pad_next_change(&pad, since, &at, &change);)
        LAW(change.kind == PAD_ITEM_INFO && change.peer == &vera);
}

static void say(struct slice line, bool may_edit)
{
    struct client_message m;
    const char *detail;
    if (client_decode(&decoder, PAD_V2, line, &m, &detail))
        return;
    const enum error err = apply(&m);
    const bool is_change = m.kind == CLIENT_EDIT || m.kind == CLIENT_SET_LANGUAGE;
    LAW(may_edit || !is_change || err == ERR_VIEW_ONLY);
    LAW(!may_edit || err != ERR_VIEW_ONLY);
}

static void say_all(struct slice lines, bool may_edit)
{
    while (lines.len > 0) {
        const char *end_of_line = memchr(lines.ptr, '\n', lines.len);
        const size_t len = end_of_line ? (size_t)(end_of_line - lines.ptr) : lines.len;
        say(slice_of(lines.ptr, len), may_edit);
        lines = slice_from(lines, end_of_line ? len + 1 : len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice lines = slice_of(data, size);
    begin();
    const uint64_t sequence = pad.sequence;
    say_all(lines, false);
    nothing_has_changed(sequence);
    pad_set_viewer(&vera, false);
    say_all(lines, true);
    end();
    return 0;
}
