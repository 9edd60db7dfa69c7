/* The memory of an exchange: the exchange itself, and the strings that live as
 * long as it does. */
#include "base/alloc.h"
#include "net/http_private.h"

#include <string.h>

struct text {
    struct link link;
    char bytes[];
};

/* Texts end with a NUL, for the library, which takes strings. */
struct slice exchange_keep(struct exchange *x, struct slice bytes)
{
    struct text *t = mem_alloc(sizeof *t + bytes.len + 1);

    if (!t)
        return (struct slice){0};
    if (bytes.len > 0)
        memcpy(t->bytes, bytes.ptr, bytes.len);
    t->bytes[bytes.len] = '\0';
    list_append(&x->texts, &t->link);
    return slice_of(t->bytes, bytes.len);
}

static void free_texts(struct exchange *x)
{
    LIST_EACH (at, next, &x->texts) {
        mem_free(LIST_ITEM(at, struct text, link));
    }
}

struct exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection,
                              struct slice target)
{
    struct exchange *x = mem_alloc(sizeof *x);

    if (!x)
        return NULL;
    *x = (struct exchange){.server = server, .connection = connection};
    list_init(&x->texts);
    if (buf_append(&x->target, target)) {
        mem_free(x);
        return NULL;
    }
    return x;
}

void exchange_drop_body(struct exchange *x)
{
    x->server->bodies_bytes -= x->body.len;
    buf_deinit(&x->body);
}

void exchange_free(struct exchange *x)
{
    (void)atomic_load(&x->phase); /* pairs with answer(): `response` and `on_socket` are visible now */
    if (x->on_socket)             /* the client has gone before the upgrade */
        x->on_socket(x->on_socket_arg, -1, (struct slice){0});
    if (x->response)
        MHD_destroy_response(x->response);
    buf_deinit(&x->target);
    exchange_drop_body(x);
    free_texts(x);
    mem_free(x);
}
