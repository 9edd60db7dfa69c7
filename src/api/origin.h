/* origin.h - which web pages may talk to this server.
 *
 * Browsers name the page's origin in requests that another site could forge.
 * Allowed are the host's own and those in ALLOWED_ORIGINS; requests without an
 * Origin do not come from a page of another site.
 *
 * The host's own is the one that the browser asked for, which behind a proxy may
 * stand in X-Forwarded-Host or Forwarded instead of Host. These are taken from
 * anybody: a page of another site cannot send them without asking first
 * (origin_answer_preflight), and who is no browser can forge Origin as well.
 * Ports 80 and 443 may be written out or not. */
#ifndef KOLABPAD_API_ORIGIN_H
#define KOLABPAD_API_ORIGIN_H

#include "config/config.h"
#include "net/http.h"

bool origin_is_allowed(const struct config *config, const struct http_request *request);

/* True when a browser sent the request for a page, of whatever site. */
bool origin_is_page(const struct http_request *request);

/* True when a page of another site can have made a browser send it without asking first: it may post
 * a form or plain text, but not JSON. Scripts are not bothered with it: curl -d says that it sends a
 * form. */
bool origin_may_be_forged(const struct http_request *request);

/* True when a browser says that it sends the request for a page of another site, and not for which: an old
 * one sends no Origin with a form. */
bool origin_is_hidden(const struct http_request *request);

/* Says in the log that one was refused, and what to set when it should not have
 * been: at most once a minute, however many there are. */
void origin_log_refused(const struct http_request *request);

/* A page of another origin, if it is an allowed one, may read the answer. */
void origin_allow_answer(const struct config *config, struct http_request *request);

/* Answers the OPTIONS request with which a browser asks before it lets a page
 * of another (allowed) origin send JSON. False: it is not one. */
bool origin_answer_preflight(const struct config *config, struct http_request *request);

#endif
