#include "cli/crew.h"

#include <stdlib.h>
#include <string.h>

static bool is_same_server(const struct address *a, const struct address *b)
{
    return a->is_secure == b->is_secure && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static bool is_same_pad(const struct address *a, const struct address *b)
{
    return is_same_server(a, b) && strcmp(a->base, b->base) == 0 && strcmp(a->id, b->id) == 0 &&
           strcmp(a->link, b->link) == 0;
}

static struct net *net_of(struct crew *c, const struct address *address, const char **problem)
{
    for (size_t i = 0; i < c->net_count; i++)
        if (is_same_server(&c->nets[i].server, address))
            return &c->nets[i];
    *problem = "Too many servers at once.";
    if (c->net_count == CREW_SERVERS_MAX)
        return NULL;
    *problem = "The server's address cannot be used; standard error says why.";
    if (net_open(&c->nets[c->net_count], c->loop, address))
        return NULL;
    return &c->nets[c->net_count++];
}

/* Joins anew in the place of one who does not go on. */
static struct agent *join(struct crew *c, struct agent *a, const struct address *address,
                          const char **problem)
{
    struct password password = *c->password;
    struct net *net = net_of(c, address, problem);
    if (address->password[0])
        lws_strncpy(password.text, address->password, sizeof(password.text));
    if (!net)
        return NULL;
    a->owner = c->owner;
    a->happened = c->happened;
    *problem = error_text(ERR_NO_MEMORY);
    return agent_join(a, net, address, &password, slice_from_cstr(c->name), c->hue) ? NULL : a;
}

struct agent *crew_agent(struct crew *c, const struct address *address, const char **problem)
{
    for (size_t i = 0; i < c->agent_count; i++) {
        struct agent *a = c->agents[i];
        if (!is_same_pad(&a->address, address))
            continue;
        c->latest = a;
        if (!a->is_ended)
            return a;
        agent_leave(a);
        return join(c, a, address, problem);
    }
    *problem = "Too many pads at once.";
    if (c->agent_count == CREW_AGENTS_MAX)
        return NULL;
    struct agent *a = calloc(1, sizeof(*a));
    *problem = error_text(ERR_NO_MEMORY);
    if (!a || !join(c, a, address, problem)) {
        free(a);
        return NULL;
    }
    c->agents[c->agent_count++] = a;
    c->latest = a;
    return a;
}

bool crew_has_unsent(const struct crew *c)
{
    for (size_t i = 0; i < c->agent_count; i++)
        if (!c->agents[i]->is_ended && client_unsaved(c->agents[i]->participant.client) > 0)
            return true;
    return false;
}

static void note_nothing(struct agent *a)
{
    (void)a;
}

void crew_leave(struct crew *c)
{
    for (size_t i = 0; i < c->agent_count; i++) {
        c->agents[i]->happened = note_nothing;
        agent_leave(c->agents[i]);
    }
    for (size_t i = 0; i < c->net_count; i++)
        net_begin_to_close(&c->nets[i]);
}

void crew_deinit(struct crew *c)
{
    for (size_t i = 0; i < c->net_count; i++)
        net_close(&c->nets[i]);
    for (size_t i = 0; i < c->agent_count; i++)
        free(c->agents[i]);
}
