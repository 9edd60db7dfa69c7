/* client_fixture.h - a client and its server, as a test writes them down. */
#ifndef KOLABPAD_TESTS_CLIENT_FIXTURE_H
#define KOLABPAD_TESTS_CLIENT_FIXTURE_H

#include "support/client_script.h"

static const struct client_config ada = {.token = {.bytes = {1}},
                                         .name = {"Ada", 3},
                                         .hue = 7,
                                         .seed = 1,
                                         .timing = {.edit_ms = -1, .places_ms = -1}};

static inline int open_script(void **state)
{
    static struct script script;
    script_init(&script, &ada);
    *state = &script;
    return 0;
}

static inline int close_script(void **state)
{
    script_deinit(*state);
    return 0;
}

static inline void lose_and_come_back(struct script *s)
{
    closed(s, 1001, "The server is restarting.");
    assert_int_equal(client_link(s->client), CLIENT_DOWN);
    assert_int_equal(client_connection(s->client), 0);
    assert_in_range(client_due_ms(s->client) - s->now_ms, 100, 2000);
    later(s, client_due_ms(s->client) - s->now_ms);
    connect_now(s);
}

#endif
