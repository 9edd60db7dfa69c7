/* link: kp_proto kp_alloc */
/* The body of PATCH /api/text/{id}, from anybody.
 *
 * Laws: what is accepted is within its bounds, and text as documents have it; what is refused leaves
 * the result alone. */
#include "proto/patch.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

static struct client_decoder decoder;

static void check(const struct patch *patch)
{
    struct op_view op;
    if (patch->is_operation) {
        LAW(op_decode(patch->op.code, &op) == OK);
        LAW(op.base_points == patch->op.base_points && op.target_points == patch->op.target_points);
        LAW(patch->revision <= INT64_MAX);
        return;
    }
    LAW(patch->count >= 1 && patch->old.len > 0 && patch->with.ptr);
    LAW(utf8_text_bytes(patch->old) == patch->old.len);
    LAW(utf8_text_bytes(patch->with) == patch->with.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct patch patch, before;
    memset(&before, 7, sizeof before);
    memcpy(&patch, &before, sizeof patch);
    if (patch_decode(&decoder, slice_of(data, size), &patch) == OK)
        check(&patch);
    else
        LAW(memcmp(&patch, &before, sizeof patch) == 0);
    return 0;
}
