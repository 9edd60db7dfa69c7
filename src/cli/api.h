/* api.h - requests about a pad, with what belongs to each of them: the secret that
 * opens it, a password that is asked for, another try when the server is not there. */
#ifndef KOLABPAD_CLI_API_H
#define KOLABPAD_CLI_API_H

#include "cli/call.h"
#include "cli/http.h"

/* Asks until there is an answer of 2xx (EXIT_DONE), or tells why there is none.
 * The request's bearer is set here. What is not reached is tried again for as long
 * as --timeout says, unless it may have been done. The answer's body is the caller's in
 * any case. */
enum exit_code api_ask(struct call *call, struct http_request *request, struct http_answer *answer);

/* The path of something that belongs to a pad: "<base>api/<of_pad>/<id><tail>" or, for a
 * link, "<base>api/link<tail>"; NUL-terminated. ERR_NO_MEMORY. */
enum error api_path(const struct address *pad, const char *of_pad, const char *tail, struct buf *out);

/* The secret that opens it: of a link, of the owner, or the password; NULL ptr: none. */
struct slice api_bearer(const struct address *pad, const struct password *password);

#endif
