/* outgoing.h - messages to the server (v2), as JSON text.
 *
 * Each function appends one message to `out`, without WebSocket framing. Strings
 * are escaped as little as JSON allows, as JSON.stringify does: what op_cut counts
 * is exactly what is written here. ERR_NO_MEMORY, with `out` as it was. */
#ifndef KOLABPAD_CLIENT_OUTGOING_H
#define KOLABPAD_CLIENT_OUTGOING_H

#include "base/id128.h"
#include "client/incoming.h"

struct outgoing_hello {
    struct id128 token;
    struct slice password, link, owner; /* NULL ptr: none */
    bool has_epoch;
    struct id128 epoch;
    uint64_t revision;
    struct slice name;
    uint16_t hue;
    bool by_text; /* does not ask for the order by author */
    bool follows_comments;
};

enum error outgoing_hello(struct buf *out, const struct outgoing_hello *hello);
enum error outgoing_edit(struct buf *out, uint64_t revision, struct op_view op);
enum error outgoing_language(struct buf *out, struct slice language);
enum error outgoing_info(struct buf *out, struct slice name, uint16_t hue);
enum error outgoing_places(struct buf *out, const struct places *places);
enum error outgoing_ping(struct buf *out, int64_t number);

/* Parts of these, for other JSON that must stay as short: [5,"text",-3], and a string
 * with its quotes. */
enum error outgoing_operation(struct buf *out, struct op_view op);
enum error outgoing_string(struct buf *out, struct slice text);

#endif
