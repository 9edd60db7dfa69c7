/* header_list.h - the comma-separated lists of HTTP headers.
 *
 *     Connection: keep-alive, Upgrade
 *     Accept-Encoding: br;q=0.8, gzip, identity;q=0
 *
 * Reads one item after another and never fails: a malformed item equals
 * nothing that is asked for. */
#ifndef KOLABPAD_NET_HEADER_LIST_H
#define KOLABPAD_NET_HEADER_LIST_H

#include "base/slice.h"

/* Quality values are thousandths: q=0.5 is 500. */
enum { QUALITY_MAX = 1000 };

struct header_item {
    struct slice name; /* without parameters, trimmed; not empty */
    int quality;       /* 1000 when none is given, 0 when it cannot be read */
};

/* Takes the next item off `*list`; false at its end. Empty items are skipped. */
bool header_list_next(struct slice *list, struct header_item *out);

/* True when the token is in the list. ASCII letters compare without case. */
bool header_list_has(struct slice list, struct slice token);

/* Takes the text before the separator, trimmed, and the separator off `*rest`. */
struct slice header_take_until(struct slice *rest, char separator);

/* The text without the spaces and tabs around it. */
struct slice trim_blanks(struct slice s);

bool ascii_equal_nocase(struct slice a, struct slice b);

#endif
