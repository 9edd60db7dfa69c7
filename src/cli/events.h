/* events.h - what happens in a pad as lines of JSON, for kolabpad watch --json.
 *
 *     {"event":"text","revision":812,"text":"…"}              at first, and where operations are missing
 *     {"event":"edit","revision":813,"user_id":3,"operation":[5,"x",-2]}
 *     {"event":"people","people":[{"user_id":3,"name":"Alice","hue":20}]}
 *     {"event":"language","language":"c"}                     or null
 *     {"event":"restored","revision":812,"at":1700000000,"user_id":3,"name":"Alice"}
 *     {"event":"history","change":"off","kept":false,"user_id":3,"name":"Alice"}
 *     {"event":"connection","connected":false}
 *
 * State is told when it has changed, and once at the beginning. */
#ifndef KOLABPAD_CLI_EVENTS_H
#define KOLABPAD_CLI_EVENTS_H

#include "cli/say.h"
#include "client/client.h"

struct events {
    bool has_text;     /* the text has been told, as of `revision` */
    bool is_connected; /* as told last */
    uint64_t revision;
    struct buf people, language; /* the lines that were told last */
};

void events_deinit(struct events *e);

/* Prints what of `news` (enum client_news) there is to tell. Exit codes as print_bytes(). */
enum exit_code events_print(struct events *e, const struct client *c, unsigned news);
/* Prints an operation that made this revision. */
enum exit_code events_print_edit(struct events *e, const struct incoming_entry *entry, uint64_t revision);

#endif
