/* link: kp_client kp_alloc */
/* Bytes from a server: messages to a client, one a line.
 *
 * Laws: whatever a server says, the client stands, its texts fit together, and it can be
 * written down and read again as the same; nothing is said before Hello is answered; an
 * edit that it sends is one that a server can decode; a record of any bytes is refused or
 * taken whole. A server that makes no sense costs the connection, never what was typed. */
#include "client/client_private.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

static struct buf first, second;

static uint32_t after(const struct replica *r)
{
    uint32_t points = rope_size(&r->server).points;
    for (int i = 0; i < UNSENT_PLACES; i++) {
        const struct pending *p = &r->unsent.at[i];
        LAW(!p->is_there || p->op.base_points == points);
        points = p->is_there ? p->op.target_points : points;
    }
    return points;
}

static void texts_fit_together(const struct client *c)
{
    const struct replica *r = &c->replica;
    LAW(!r->is_broken);
    LAW(rope_check(&r->server) == NULL && rope_check(&r->text) == NULL);
    LAW(after(r) == rope_size(&r->text).points);
    LAW(!r->has_unshown || r->unshown.target_points == rope_size(&r->text).points);
}

static void says_only_what_it_may(struct client *c)
{
    struct client_output out;
    while (client_next_output(c, &out)) {
        const bool is_hello = out.json.len > 9 && memcmp(out.json.ptr, "{\"Hello\":", 9) == 0;
        LAW(is_hello == (c->link == CLIENT_JOINING));
        LAW(is_hello || c->replica.link == REPLICA_UP);
        struct op_view op;
        LAW(!out.is_edit || op_decode(op_view(&c->replica.unsent.at[UNSENT_INFLIGHT].op).code, &op) == OK);
    }
}

static struct client *new_client(void)
{
    static const struct client_config config = {
        .token = {.bytes = {1}}, .name = {"fuzz", 4}, .timing = {.edit_ms = -1, .places_ms = -1}};
    struct client *c;
    LAW(client_new(&config, &c) == OK);
    return c;
}

static void record_is_the_same(const struct client *c)
{
    struct client *next = new_client();
    buf_clear(&first);
    buf_clear(&second);
    LAW(client_write(c, &first) == OK);
    LAW(client_read(next, buf_slice(&first)) == OK);
    texts_fit_together(next);
    LAW(client_write(next, &second) == OK);
    LAW(slice_equal(buf_slice(&first), buf_slice(&second)));
    client_free(next);
}

/* One insert at the start, and a deletion at the end. */
static void type(struct client *c)
{
    const uint32_t points = replica_shown_points(&c->replica);
    struct op op = {0};
    LAW(op_insert(&op, SLICE("ä\"x")) == OK);
    LAW(op_retain(&op, points - points / 3) == OK && op_delete(&op, points / 3) == OK);
    LAW(client_edit(c, op_view(&op)) == OK);
    op_deinit(&op);
}

static void show(struct client *c)
{
    struct op op = {0};
    bool has_change;
    LAW(client_take_change(c, &op, &has_change) == OK);
    op_deinit(&op);
}

static void hear(struct client *c, struct slice line, int64_t now_ms)
{
    client_advance(c, now_ms);
    if (c->link == CLIENT_DOWN)
        client_connect_now(c);
    if (c->link == CLIENT_CONNECTING) {
        client_connected(c, client_connection(c));
        says_only_what_it_may(c);
    }
    const uint64_t unsaved = client_unsaved(c);
    const bool was_up = c->link == CLIENT_UP;
    client_receive(c, client_connection(c), line);
    LAW(was_up || c->link != CLIENT_DOWN || client_unsaved(c) == unsaved);
    texts_fit_together(c);
    says_only_what_it_may(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct client *c = new_client();
    struct slice rest = slice_of(data, size);
    for (int64_t now_ms = 0; rest.len > 0; now_ms += 5) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        const size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        hear(c, slice_of(rest.ptr, len), now_ms);
        type(c);
        if (now_ms % 3 == 0)
            show(c);
        says_only_what_it_may(c);
        rest = slice_from(rest, len + (end != NULL));
    }
    record_is_the_same(c);
    client_undo_refused(c);
    texts_fit_together(c);
    client_free(c);
    c = new_client();
    if (client_read(c, slice_of(data, size)) == OK)
        texts_fit_together(c);
    client_free(c);
    return 0;
}
