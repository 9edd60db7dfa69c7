/* security_headers.h - headers that every answer of the HTTP server carries.
 *
 * A closed Content-Security-Policy (the page is ours alone: no inline scripts,
 * no frames, nothing from other hosts), no sniffing, no referrer (the share
 * link may carry a password), and HSTS when the request came over TLS. Settings
 * open parts of the policy, or replace it: struct page_policy. */
#ifndef KOLABPAD_NET_SECURITY_HEADERS_H
#define KOLABPAD_NET_SECURITY_HEADERS_H

#include "base/slice.h"

#include <stdbool.h>

/* All zero: both are closed. */
struct page_policy {
    /* Origins whose pages may show ours in a frame, with spaces between; empty:
     * none. Written into the header as they are: the settings check them. */
    struct slice framers;
    bool has_remote_images; /* the page may load images of other sites, by HTTPS */
    /* A Content-Security-Policy for another page than ours, in place of our own; empty:
     * none. frame-ancestors is added where it does not name them. */
    struct slice replacement;
};

enum {
    PAGE_POLICY_FRAMERS_MAX = 1024, /* bytes; a longer list counts as none */
    PAGE_POLICY_TEXT_MAX = 2047,    /* of a replacement; a longer one counts as none */
};

/* Calls `add` for each header; the strings are borrowed for the call. `host`
 * is the Host header as sent: it is used only when it looks like one. */
void security_headers_each(const struct page_policy *policy, struct slice host, bool is_tls,
                           void (*add)(void *arg, const char *name, const char *value), void *arg);

#endif
