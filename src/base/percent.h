/* percent.h - bytes written as "%XX" (RFC 3986, 2.1). The caller
 * decides what a broken escape means: an address with one is refused, a path
 * keeps it as it stands. */
#ifndef KOLABPAD_BASE_PERCENT_H
#define KOLABPAD_BASE_PERCENT_H

#include "base/slice.h"

enum { PERCENT_ESCAPE_BYTES = 3 };

/* The byte that the escape at the beginning of `s` stands for; -1 when there is
 * none, or a broken one. */
int percent_escape(struct slice s);

#endif
