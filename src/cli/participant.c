/* participant.c - see the header.
 *
 * STATE. has_been_up decides what a failure means: before it the server was never
 * reached, which ends the program after the first attempt; after it the person's
 * changes wait here, and it goes on trying. is_told_down is about words alone: the
 * connection may be lost and found within a second without a line.
 *
 * Everything that happens ends in turn(), which asks the client what follows. Events
 * may lead to another turn from within: must_turn_again has it done afterwards. */
#include "cli/participant.h"

#include <stdlib.h>
#include <string.h>

enum { LEAVE_MS = 500, BUSY_MS = 20, MS = 1000, TROUBLE_BYTES = 640 };

static struct slice or_none(const char *text)
{
    return text[0] ? slice_from_cstr(text) : (struct slice){0};
}

/* ---- the end ---- */

static void end(struct participant *p, enum exit_code code)
{
    if (p->is_over)
        return;
    p->is_over = true;
    p->events->ended(p, code);
}

static enum exit_code exit_code_of(enum closing_reason reason)
{
    switch (reason) {
    case CLOSING_FORBIDDEN:
    case CLOSING_GONE:
    case CLOSING_TOO_LARGE:
    case CLOSING_BAD_MESSAGE:
    case CLOSING_REPLACED:
        return EXIT_REFUSED;
    case CLOSING_PASSWORD:
        return EXIT_PASSWORD;
    default:
        return EXIT_UNREACHABLE;
    }
}

void participant_trouble(const struct participant *p, char *out, size_t size)
{
    char name[ADDRESS_PART_BYTES + 16];
    struct client_trouble trouble = client_trouble(p->client);
    bool is_unknown = exit_code_of(trouble.reason) == EXIT_UNREACHABLE && !p->has_been_up;
    net_name(p->net, name, sizeof(name));
    if (is_unknown && trouble.words.len > 0)
        lws_snprintf(out, size, "%s cannot be reached: %.*s. Is the address right, and does the server run?",
                     name, (int)trouble.words.len, trouble.words.ptr);
    else if (trouble.words.len > 0)
        lws_snprintf(out, size, "%s says: %.*s", name, (int)trouble.words.len, trouble.words.ptr);
    else
        lws_snprintf(out, size, "%s: %s", name, closing_text(trouble.reason));
}

enum exit_code participant_say_trouble(const struct participant *p)
{
    char text[TROUBLE_BYTES];
    uint64_t unsent = client_unsaved(p->client);
    enum exit_code code = exit_code_of(client_trouble(p->client).reason);
    participant_trouble(p, text, sizeof(text));
    say(code, "%s", text);
    if (unsent > 0)
        say(code, "changes that were not sent: %llu", (unsigned long long)unsent);
    return code;
}

static void end_in_trouble(struct participant *p)
{
    end(p, p->is_quiet ? exit_code_of(client_trouble(p->client).reason) : participant_say_trouble(p));
}

static void ask_password(struct participant *p)
{
    if (p->is_quiet)
        end_in_trouble(p);
    else if (password_ask(p->password))
        end(p, EXIT_PASSWORD);
    else if (client_set_password(p->client, slice_from_cstr(p->password->text)))
        end(p, say_no_memory());
    else
        client_connect_now(p->client);
}

/* ---- the connection ---- */

static void tell_down(struct participant *p, const struct client_trouble *trouble)
{
    if (p->is_told_down || p->is_quiet)
        return;
    p->is_told_down = true;
    say(EXIT_DONE, "the connection is lost: %s Trying again; what is not sent is kept here (Ctrl+C gives up)",
        closing_text(trouble->reason));
}

static void hear_link(struct participant *p)
{
    enum client_link link = client_link(p->client);
    struct client_trouble trouble = client_trouble(p->client);
    if (link == CLIENT_UP) {
        p->has_been_up = true;
        p->give_up_ms = INT64_MAX;
        if (p->is_told_down)
            say(EXIT_DONE, "connected again");
        p->is_told_down = false;
    }
    if (link != CLIENT_DOWN || !trouble.is_there)
        return;
    if (trouble.is_final && trouble.reason == CLOSING_PASSWORD) {
        ask_password(p);
        return;
    }
    if (p->give_up_ms == INT64_MAX && p->patience_ms >= 0)
        p->give_up_ms = net_now_ms(p->net) + p->patience_ms;
    if (trouble.is_final || net_now_ms(p->net) >= p->give_up_ms)
        end_in_trouble(p);
    else if (p->has_been_up && trouble.reason != CLOSING_RESTARTING)
        tell_down(p, &trouble);
}

static void connect_as_wanted(struct participant *p)
{
    uint32_t wanted = client_connection(p->client);
    if (wanted == p->connection)
        return;
    socket_drop(&p->socket);
    p->connection = wanted;
    if (wanted != 0)
        socket_open(&p->socket, p->path.ptr);
}

static void send_what_waits(struct participant *p)
{
    struct client_output output;
    while (socket_may_send(&p->socket) && client_next_output(p->client, &output))
        if (output.is_edit && p->before_edit && !p->before_edit(p))
            return;
        else if (socket_send(&p->socket, output.json))
            end(p, say_no_memory());
}

static void come_again(struct participant *p);

static void turn(struct participant *p)
{
    unsigned news = client_take_news(p->client);
    if (client_is_broken(p->client))
        end(p, say_no_memory());
    if (!p->is_over && (news & CLIENT_NEWS_LINK))
        hear_link(p);
    if (!p->is_over && news)
        p->events->news(p, news);
    if (p->is_over)
        return;
    connect_as_wanted(p);
    send_what_waits(p);
}

void participant_turn(struct participant *p)
{
    p->must_turn_again = true;
    if (p->is_turning)
        return;
    p->is_turning = true;
    while (p->must_turn_again && !p->is_over) {
        p->must_turn_again = false;
        client_advance(p->client, net_now_ms(p->net));
        turn(p);
    }
    p->is_turning = false;
    if (!p->is_over)
        come_again(p);
}

static void time_has_come(uv_timer_t *timer)
{
    participant_turn(timer->data);
}

/* Never at once: libuv runs a timer that is due in its own callback before it looks at any
 * socket again. And not often while a message waits to be sent: nothing can follow it. */
static void come_again(struct participant *p)
{
    int64_t due_ms = client_due_ms(p->client), now_ms = net_now_ms(p->net);
    int64_t least_ms = p->socket.state == SOCKET_OPEN && !socket_may_send(&p->socket) ? BUSY_MS : 1;
    if (p->give_up_ms < due_ms && client_link(p->client) == CLIENT_DOWN)
        due_ms = p->give_up_ms;
    if (due_ms == INT64_MAX)
        uv_timer_stop(&p->timer);
    else
        uv_timer_start(&p->timer, time_has_come,
                       (uint64_t)(due_ms - now_ms > least_ms ? due_ms - now_ms : least_ms), 0);
}

/* ---- the socket's events ---- */

static struct participant *participant_of(struct socket *s)
{
    return lws_container_of(s, struct participant, socket);
}

static void opened(struct socket *s)
{
    struct participant *p = participant_of(s);
    client_advance(p->client, net_now_ms(p->net));
    client_connected(p->client, p->connection);
    participant_turn(p);
}

static void message(struct socket *s, struct slice text)
{
    struct participant *p = participant_of(s);
    client_advance(p->client, net_now_ms(p->net));
    client_receive(p->client, p->connection, text);
    participant_turn(p);
}

/* What HTTP said in place of an upgrade, as the close code that says the same. */
static unsigned code_of_status(int status)
{
    switch (status) {
    case 401:
        return 4401;
    case 403:
        return 4403;
    case 404:
    case 410:
        return 4410;
    case 429:
        return 4429;
    default:
        return 0;
    }
}

static void closed(struct socket *s, unsigned code, int status, struct slice reason)
{
    struct participant *p = participant_of(s);
    client_advance(p->client, net_now_ms(p->net));
    client_disconnected(p->client, p->connection, code ? code : code_of_status(status), reason);
    participant_turn(p);
}

static void drained(struct socket *s)
{
    participant_turn(participant_of(s));
}

static const struct socket_events socket_events = {opened, message, closed, drained};

/* ---- coming and going ---- */

static enum error make_path(const struct address *a, struct buf *path)
{
    enum error err = buf_append(path, slice_from_cstr(a->base));
    err = err ? err : buf_append(path, a->kind == ADDRESS_LINK ? SLICE("api/socket") : SLICE("api/socket/"));
    err = err ? err : address_escape(slice_from_cstr(a->id), path);
    return err ? err : buf_append(path, slice_of("", 1));
}

static enum error make_client(struct participant *p, const struct participant_config *config)
{
    struct client_config wanted = {
        .password = or_none(p->password->text),
        .link = or_none(p->address.link),
        .owner = or_none(p->address.owner),
        .name = config->name,
        .hue = config->hue,
        .on_entry = p->events->on_entry,
        .owner_of_entries = p,
    };
    uv_random(NULL, NULL, &wanted.token, sizeof(wanted.token), 0, NULL);
    uv_random(NULL, NULL, &wanted.seed, sizeof(wanted.seed), 0, NULL);
    return client_new(&wanted, &p->client);
}

enum error participant_join(struct participant *p, const struct participant_config *config,
                            const struct participant_events *events)
{
    *p = (struct participant){
        .net = config->net,
        .events = events,
        .address = *config->address,
        .password = config->password,
        .is_quiet = config->is_quiet,
        .before_edit = config->before_edit,
        .patience_ms = config->timeout_s < 0 ? -1 : (int64_t)config->timeout_s * MS,
    };
    p->give_up_ms = net_now_ms(p->net) + (p->patience_ms < 0 ? 0 : p->patience_ms);
    enum error err = make_path(&p->address, &p->path);
    err = err ? err : make_client(p, config);
    if (err) {
        buf_deinit(&p->path);
        return err;
    }
    uv_timer_init(p->net->loop, &p->timer);
    p->timer.data = p;
    socket_init(&p->socket, p->net, &socket_events);
    participant_turn(p);
    return OK;
}

static void stop_waiting(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Says goodbye, and lets it go. */
static void close_socket(struct participant *p)
{
    bool is_over = false;
    p->is_over = true;
    p->timer.data = &is_over;
    uv_timer_start(&p->timer, stop_waiting, LEAVE_MS, 0);
    socket_close(&p->socket);
    while (p->socket.state != SOCKET_CLOSED && !is_over)
        uv_run(p->net->loop, UV_RUN_ONCE);
}

void participant_leave(struct participant *p)
{
    close_socket(p);
    socket_deinit(&p->socket);
    net_close_handle(p->net, (uv_handle_t *)&p->timer);
    client_free(p->client);
    buf_deinit(&p->path);
}

enum exit_code participant_say_refusal(const struct participant *p)
{
    const struct refusal *refusal = client_refusal(p->client);
    if (strcmp(refusal->code, "document_too_large") == 0)
        return say(EXIT_REFUSED, "the pad would be larger than the server allows (%llu bytes)",
                   (unsigned long long)client_document_bytes(p->client));
    if (strcmp(refusal->code, "view_only") == 0)
        return participant_say_view_only(p);
    return say(EXIT_REFUSED, "the server did not take the change: %s",
               refusal->message[0] ? refusal->message : refusal->code);
}

enum exit_code participant_say_view_only(const struct participant *p)
{
    if (p->address.kind == ADDRESS_LINK)
        return say(EXIT_REFUSED, "this link can only read; ask for one that can write");
    return say(EXIT_REFUSED, "you can only read this pad");
}
