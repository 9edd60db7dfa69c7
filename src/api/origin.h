/* origin.h - which web pages may talk to this server.
 *
 * Browsers name the page's origin in requests that another site could forge.
 * Allowed are the host's own and those in ALLOWED_ORIGINS; requests without an
 * Origin do not come from a page of another site. */
#ifndef KOLABPAD_API_ORIGIN_H
#define KOLABPAD_API_ORIGIN_H

#include "config/config.h"
#include "net/http.h"

bool origin_is_allowed(const struct config *config, const struct http_request *request);

/* Answers the OPTIONS request with which a browser asks before it lets a page
 * of another (allowed) origin send JSON. False: it is not one. */
bool origin_answer_preflight(const struct config *config, struct http_request *request);

#endif
