#include "net/header_list.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice trim_blanks(struct slice s)
{
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice header_take_until(struct slice *rest, char separator)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    struct slice taken = end ? slice_of(rest->ptr, (size_t)(end - rest->ptr)) : *rest;

    *rest = slice_from(*rest, end ? taken.len + 1 : taken.len);
    return trim_blanks(taken);
}

/* "0", "1", "0.25", "1.000": at most three decimals, nothing above 1. */
static int parse_quality(struct slice text)
{
    int value = 0, unit = QUALITY_MAX;

    if (text.len == 0 || text.len > 5 || (text.len > 1 && text.ptr[1] != '.'))
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == 1)
            continue;
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        value += (text.ptr[i] - '0') * unit;
        unit /= 10;
    }
    return value <= QUALITY_MAX ? value : 0;
}

/* The q parameter; full quality without one. */
static int quality_of(struct slice parameters)
{
    while (parameters.len > 0) {
        struct slice parameter = header_take_until(&parameters, ';');
        struct slice name = header_take_until(&parameter, '=');
        if (ascii_equal_nocase(name, SLICE("q")))
            return parse_quality(trim_blanks(parameter));
    }
    return QUALITY_MAX;
}

bool header_list_next(struct slice *list, struct header_item *out)
{
    while (list->len > 0) {
        struct slice item = header_take_until(list, ',');
        struct slice name = header_take_until(&item, ';');
        if (name.len == 0)
            continue;
        *out = (struct header_item){.name = name, .quality = quality_of(item)};
        return true;
    }
    return false;
}

bool header_list_has(struct slice list, struct slice token)
{
    struct header_item item;

    while (header_list_next(&list, &item))
        if (ascii_equal_nocase(item.name, token))
            return true;
    return false;
}

static char lower(char c)
{
    if (c < 'A' || c > 'Z')
        return c;
    return (char)(c + ('a' - 'A'));
}

bool ascii_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}
