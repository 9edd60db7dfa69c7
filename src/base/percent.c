#include "base/percent.h"

/* The value of the digit, -1 when it is none. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_escape(struct slice s)
{
    if (s.len < PERCENT_ESCAPE_BYTES || s.ptr[0] != '%')
        return -1;
    int high = hex_value(s.ptr[1]), low = hex_value(s.ptr[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}
