#include "base/slice.h"

#include "base/mem.h"

struct slice slice_from_cstr(const char *cstr)
{
    size_t len = 0;

    if (!cstr)
        return (struct slice){0};
    while (cstr[len])
        len++;
    return slice_of(cstr, len);
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}
