/* link: kp_net kp_core kp_alloc */
/* The head of an HTTP response, as another server sends it. */
#include "net/header_list.h"
#include "net/response_head.h"

#include <stdlib.h>
#include <string.h>

static void must_hold(bool belief)
{
    if (!belief)
        abort();
}

static bool lies_in(struct slice part, struct slice whole)
{
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

/* What is passed on must not be able to end a line of ours. */
static void values(const struct response_head *head, struct slice bytes)
{
    static const char *const names[] = {"ETag", "Content-Type", "Cache-Control", "Sec-WebSocket-Protocol"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct slice value = response_head_field(head, slice_from_cstr(names[i]));
        if (!value.ptr)
            continue;
        must_hold(lies_in(value, bytes));
        must_hold(!memchr(value.ptr, '\n', value.len) && !memchr(value.ptr, '\r', value.len) &&
                  !memchr(value.ptr, '\0', value.len));
    }
    must_hold(!response_head_field(head, SLICE("Transfer-Encoding")).ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of(data, size);
    struct response_head head;
    size_t len = response_head_len(bytes);

    must_hold(len <= size);
    if (len == 0 || response_head_read(slice_of(bytes.ptr, len), &head))
        return 0;
    must_hold(head.status >= 100 && head.status <= 599 && head.body_bytes <= 999999999999999999);
    values(&head, slice_of(bytes.ptr, len));
    return 0;
}
