#include "cli/agent.h"

static struct agent *agent_of(struct participant *p)
{
    return lws_container_of(p, struct agent, participant);
}

/* The people follow the text. A reader may be in no list. */
static bool has_arrived(const struct client *c)
{
    return client_is_loaded(c) && (client_people_count(c) > 0 || client_role(c) == ROLE_VIEW);
}

static void news(struct participant *p, unsigned news)
{
    struct agent *a = agent_of(p);
    struct op change = {0};
    bool has_change = false;
    (void)news;
    if (!client_take_change(p->client, &change, &has_change) && has_change && a->is_open) {
        unread_note(&a->unread, op_view(&change));
        a->changed_ms = net_now_ms(p->net);
    }
    op_deinit(&change);
    a->is_open = a->is_open || has_arrived(p->client);
    a->happened(a);
}

static void ended(struct participant *p, enum exit_code code)
{
    struct agent *a = agent_of(p);
    (void)code;
    a->is_ended = true;
    participant_trouble(p, a->trouble, sizeof(a->trouble));
    a->happened(a);
}

enum error agent_join(struct agent *a, struct net *net, const struct address *address,
                      const struct password *password, struct slice name, uint16_t hue)
{
    static const struct participant_events events = {news, ended, NULL};
    a->address = *address;
    a->password = *password;
    a->is_open = a->is_ended = false;
    unread_clear(&a->unread);
    const struct participant_config config = {
        .net = net,
        .address = &a->address,
        .password = &a->password,
        .timeout_s = -1,
        .name = name,
        .hue = hue,
        .is_quiet = true,
    };
    return participant_join(&a->participant, &config, &events);
}

void agent_leave(struct agent *a)
{
    participant_leave(&a->participant);
}

enum error agent_read(const struct agent *a, struct buf *out)
{
    const struct rope *text = client_text(a->participant.client);
    buf_clear(out);
    enum error err = buf_reserve(out, 1);
    return err ? err : rope_read(text, 0, rope_size(text).points, out);
}

void agent_has_looked(struct agent *a)
{
    unread_clear(&a->unread);
}

enum error agent_edit(struct agent *a, struct op_view op, uint32_t caret_points)
{
    const struct places places = {.caret_count = 1, .carets = {caret_points}};
    enum error err = client_edit(a->participant.client, op);
    if (err)
        return err;
    unread_move(&a->unread, op);
    client_set_places(a->participant.client, &places);
    participant_turn(&a->participant);
    return OK;
}

void agent_describe(const struct agent *a, char *out, size_t size)
{
    char name[ADDRESS_PART_BYTES + 16];
    net_name(a->participant.net, name, sizeof(name));
    if (a->address.kind == ADDRESS_LINK)
        lws_snprintf(out, size, "the pad of a link on %s", name);
    else
        lws_snprintf(out, size, "the pad \"%s\" on %s", a->address.id, name);
}
