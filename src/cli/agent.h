/* agent.h - an assistant in one pad: a participant under a name of its own, with a caret
 * where it wrote last, that knows what others did since it looked. */
#ifndef KOLABPAD_CLI_AGENT_H
#define KOLABPAD_CLI_AGENT_H

#include "cli/participant.h"
#include "cli/unread.h"

enum { AGENT_TROUBLE_BYTES = 640 };

struct agent {
    struct participant participant;
    struct address address;
    struct password password;
    struct unread unread;
    int64_t changed_ms;                /* when others changed the text last */
    bool is_open;                      /* the text is here */
    bool is_ended;                     /* it does not go on; `trouble` says why */
    char trouble[AGENT_TROUBLE_BYTES]; /* a sentence */
    void *owner;
    void (*happened)(struct agent *a); /* something changed: look at it again */
};

/* Joins as "NAME (agent)". `net` is that of the address's server. ERR_NO_MEMORY. */
enum error agent_join(struct agent *a, struct net *net, const struct address *address,
                      const struct password *password, struct slice name, uint16_t hue);
void agent_leave(struct agent *a);

/* The whole text into `out`, emptied first. ERR_NO_MEMORY. */
enum error agent_read(const struct agent *a, struct buf *out);
/* What others did is seen. */
void agent_has_looked(struct agent *a);
/* Changes the text; the caret goes to `caret_points` of the text after it. The errors of
 * client_edit. */
enum error agent_edit(struct agent *a, struct op_view op, uint32_t caret_points);

/* "the pad notes on https://pad.example", without what is secret. */
void agent_describe(const struct agent *a, char *out, size_t size);

#endif
