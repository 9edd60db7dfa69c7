/* proxy.h - the proxy that the environment names. */
#ifndef KOLABPAD_CLI_PROXY_H
#define KOLABPAD_CLI_PROXY_H

#include "cli/address.h"

/* "[user:password@]host:port" of the proxy by which that server is reached; ""
 * when there is none. https_proxy (and HTTPS_PROXY) for https, http_proxy (in
 * small letters alone: a web server sets the other from a header) for http, then
 * all_proxy; no_proxy names hosts and their domains that need none, or "*". */
void proxy_find(const struct address *server, char *out, size_t size);

/* libwebsockets would take http_proxy for every server: it is out of the
 * environment between these two, which children inherit as it was. */
struct proxy_hidden {
    char *http_proxy; /* owned; NULL: there was none */
};
struct proxy_hidden proxy_hide(void);
void proxy_show(struct proxy_hidden *hidden);

#endif
