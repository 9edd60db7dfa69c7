/* pg_proxy.h - stands between a node and PostgreSQL, and makes go wrong what a
 * test names, at the moment that it names.
 *
 *     node ──► 127.0.0.1:port ──► 127.0.0.1:upstream
 *
 * The proxy knows where messages begin and end and which statement an Execute
 * carries out, so a fault is a matter of place and not of time. Rules are lines:
 *
 *     cut PLACE TEXT       ends the connection there, on both sides
 *     hold PLACE TEXT      nothing moves in that connection any more, in either direction
 *     delay MS PLACE TEXT  the same for MS milliseconds
 *     refuse STATE TEXT    PostgreSQL never sees the statement; the answer is the error with that SQLSTATE
 *     warn STATE TEXT      carried out; a warning with that SQLSTATE stands before the answer
 *     refuse STATE connect answers new connections with the error
 *
 *     always RULE          without it a rule applies once
 *     forget               drops all rules, lets go of what is held
 *     stall, go            holds everything, or lets it go on; new connections are accepted all the same
 *     stall requests, stall answers
 *                          holds what goes in that direction only
 *     down, up             ends all connections and refuses new ones, or takes them again
 *     upstream PORT        of connections that are yet to come
 *
 * TEXT is part of the statement, to the end of the line. PLACE is one of
 *
 *     before         what comes before the Execute is passed on: nothing was done
 *     within         and half of it: nothing was done
 *     after          with the Execute, without the Sync: done, and taken back
 *     before-answer  it is done, for good, and PostgreSQL has said so: the answer is lost
 *     within-answer  half of the answer arrives
 *
 * Requests for encryption are declined. One thread carries everything; the
 * functions may be called by any other. Whatever does not work ends the program. */
#ifndef KOLABPAD_TESTS_PG_PROXY_H
#define KOLABPAD_TESTS_PG_PROXY_H

#include <stdbool.h>
#include <stdint.h>

struct pg_proxy;

/* Listens on a free port. */
struct pg_proxy *pg_proxy_new(uint16_t upstream);
uint16_t pg_proxy_port(const struct pg_proxy *proxy);

/* A line as above. False: it cannot be understood. */
bool pg_proxy_say(struct pg_proxy *proxy, const char *line);
/* How often rules have applied so far. */
unsigned pg_proxy_fired(struct pg_proxy *proxy);

void pg_proxy_free(struct pg_proxy *proxy);

#endif
