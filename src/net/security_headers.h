/* security_headers.h - what every answer of the front door carries.
 *
 * A closed Content-Security-Policy (the page is ours alone: no inline scripts,
 * no frames, nothing from other hosts), no sniffing, no referrer (the share
 * link may carry a password), and HSTS when the request came over TLS. */
#ifndef KOLABPAD_NET_SECURITY_HEADERS_H
#define KOLABPAD_NET_SECURITY_HEADERS_H

#include "base/slice.h"

/* Calls `add` for each header; the strings are borrowed for the call. `host`
 * is the Host header as sent: it is used only when it looks like one. */
void security_headers_each(struct slice host, bool is_tls,
                           void (*add)(void *arg, const char *name, const char *value), void *arg);

#endif
