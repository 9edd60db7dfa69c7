#include "support/pg_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, RULES_MAX = 32, STATEMENTS_MAX = 128, TEXT_BYTES = 256, READ_BYTES = 65536 };

enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104 };

enum action { CUT, HOLD, DELAY, REFUSE, WARN };
enum place { BEFORE, WITHIN, AFTER, BEFORE_ANSWER, WITHIN_ANSWER };
static const char *const place_names[] = {"before", "within", "after", "before-answer", "within-answer"};

struct rule {
    enum action action;
    enum place place;
    int delay_ms;
    bool is_kept; /* applies again and again */
    char state[6];
    char text[TEXT_BYTES];
};

struct bytes {
    uint8_t *ptr;
    size_t len, capacity;
};

struct statement {
    char name[64];
    char text[TEXT_BYTES]; /* its beginning */
};

/* Of each direction there are the bytes that were read and not yet decided on,
 * and those that are on their way out. */
struct connection {
    int client, server; /* -1: there is no connection */
    struct bytes from_client, to_server;
    struct bytes from_server, to_client;
    bool is_started;      /* the first packet, which has no type, has gone by */
    bool ends_when_empty; /* is cut as soon as what is on its way out has gone */
    int64_t held_until_ms;
    size_t decided_requests, decided_answers; /* bytes of from_client and from_server that are only held */
    char transaction;                         /* of the latest ReadyForQuery: I, T or E */

    /* Syncs passed on and ReadyForQuerys seen, the first of which ends the
     * greeting: so an answer is known by its number. */
    unsigned syncs, readies;
    bool has_answer_rule;
    unsigned answer_ready; /* the answer that the rule is about ends with this one */
    struct rule answer_rule;

    struct statement statements[STATEMENTS_MAX];
    unsigned statement_count;
    char bound[TEXT_BYTES]; /* what the next Execute carries out */
};

struct pg_proxy {
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below but the port */
    int listener, wake[2];
    uint16_t port, upstream;
    bool is_ending, is_down, stalls_requests, stalls_answers;
    struct rule rules[RULES_MAX];
    unsigned rule_count, fired;
    struct connection connections[CONNECTIONS_MAX];
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "pg_proxy: %s: %s\n", what, strerror(errno));
    abort();
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- bytes ---------------------------------------------------------------- */

static void append(struct bytes *b, const void *ptr, size_t len)
{
    if (b->len + len > b->capacity) {
        b->capacity = (b->len + len) * 2;
        b->ptr = realloc(b->ptr, b->capacity);
        must(b->ptr != NULL, "memory");
    }
    if (len)
        memcpy(b->ptr + b->len, ptr, len);
    b->len += len;
}

static void drop(struct bytes *b, size_t len)
{
    b->len -= len;
    if (len && b->len)
        memmove(b->ptr, b->ptr + len, b->len);
}

static uint32_t number_at(const uint8_t *ptr)
{
    return (uint32_t)ptr[0] << 24 | (uint32_t)ptr[1] << 16 | (uint32_t)ptr[2] << 8 | ptr[3];
}

/* The length of the message with its type that begins at `at`, or 0 when it is not whole. */
static size_t message_at(const struct bytes *b, size_t at)
{
    if (b->len - at < 5)
        return 0;
    const size_t len = 1 + (size_t)number_at(b->ptr + at + 1);
    return b->len - at < len ? 0 : len;
}

/* An ErrorResponse (type E) or a NoticeResponse (N). */
static void append_complaint(struct bytes *b, char type, const char *severity, const char *state)
{
    char fields[128];
    const int len = snprintf(fields, sizeof fields, "S%s%cV%s%cC%s%cMmade by a test%c", severity, 0, severity,
                             0, state, 0, 0);
    const uint32_t total = htonl((uint32_t)len + 5);
    append(b, &type, 1);
    append(b, &total, 4);
    append(b, fields, (size_t)len);
    append(b, "", 1);
}

/* ---- rules ------------------------------------------------------------------ */

/* The next word of the line; `*line` is what follows it. False: there is none. */
static bool next_word(const char **line, char *out, size_t size)
{
    const size_t len = strcspn(*line, " ");
    if (len == 0 || len >= size)
        return false;
    memcpy(out, *line, len);
    out[len] = '\0';
    *line += len + ((*line)[len] == ' ');
    return true;
}

static bool parse_place(const char **line, enum place *out)
{
    char word[32];
    if (!next_word(line, word, sizeof word))
        return false;
    for (unsigned i = 0; i < sizeof place_names / sizeof *place_names; i++) {
        if (strcmp(word, place_names[i]) == 0) {
            *out = (enum place)i;
            return true;
        }
    }
    return false;
}

static bool parse_rule(const char *line, struct rule *out)
{
    char word[32];
    char number[16] = "";
    *out = (struct rule){.is_kept = strncmp(line, "always ", 7) == 0};
    line += out->is_kept ? 7 : 0;
    if (!next_word(&line, word, sizeof word))
        return false;
    bool ok = true;
    if (strcmp(word, "cut") == 0) {
        out->action = CUT;
        ok = parse_place(&line, &out->place);
    } else if (strcmp(word, "hold") == 0) {
        out->action = HOLD;
        ok = parse_place(&line, &out->place);
    } else if (strcmp(word, "delay") == 0) {
        out->action = DELAY;
        ok = next_word(&line, number, sizeof number) && parse_place(&line, &out->place);
        out->delay_ms = atoi(number);
    } else if (strcmp(word, "refuse") == 0 || strcmp(word, "warn") == 0) {
        out->action = word[0] == 'r' ? REFUSE : WARN;
        ok = next_word(&line, out->state, sizeof out->state);
    } else {
        return false;
    }
    snprintf(out->text, sizeof out->text, "%s", line);
    return ok && out->text[0];
}

/* The first rule about that statement, which is used up unless it is kept. */
static bool take_rule(struct pg_proxy *proxy, const char *statement, struct rule *out)
{
    for (unsigned i = 0; i < proxy->rule_count; i++) {
        if (!strstr(statement, proxy->rules[i].text))
            continue;
        *out = proxy->rules[i];
        proxy->fired++;
        if (!out->is_kept)
            memmove(&proxy->rules[i], &proxy->rules[i + 1], (--proxy->rule_count - i) * sizeof *proxy->rules);
        return true;
    }
    return false;
}

/* ---- a connection ------------------------------------------------------------- */

static void end_connection(struct connection *c)
{
    close(c->client);
    close(c->server);
    free(c->from_client.ptr);
    free(c->to_server.ptr);
    free(c->from_server.ptr);
    free(c->to_client.ptr);
    memset(c, 0, sizeof *c);
    c->client = c->server = -1;
}

static void hold(struct connection *c, const struct rule *rule)
{
    c->held_until_ms = rule->action == DELAY ? now_ms() + rule->delay_ms : INT64_MAX;
}

static void remember_statement(struct connection *c, const char *name, const char *text)
{
    unsigned i = 0;
    while (i < c->statement_count && strcmp(c->statements[i].name, name) != 0)
        i++;
    must(i < STATEMENTS_MAX, "too many statements");
    c->statement_count += i == c->statement_count;
    snprintf(c->statements[i].name, sizeof c->statements[i].name, "%s", name);
    snprintf(c->statements[i].text, sizeof c->statements[i].text, "%s", text);
}

static const char *statement_named(const struct connection *c, const char *name)
{
    for (unsigned i = 0; i < c->statement_count; i++) {
        if (strcmp(c->statements[i].name, name) == 0)
            return c->statements[i].text;
    }
    return "";
}

/* What a message of the client carries out; NULL: nothing. */
static const char *statement_of(struct connection *c, const uint8_t *message)
{
    const char *body = (const char *)message + 5;
    switch (message[0]) {
    case 'P': /* name, text */
        remember_statement(c, body, body + strlen(body) + 1);
        return NULL;
    case 'B': /* portal, name */
        snprintf(c->bound, sizeof c->bound, "%s", statement_named(c, body + strlen(body) + 1));
        return NULL;
    case 'E':
        return c->bound;
    case 'Q':
        return body;
    default:
        return NULL;
    }
}

/* A rule applies to the message at `at`, `len` long, of the first `total` bytes
 * that the client has sent. */
static void apply_to_request(struct connection *c, const struct rule *rule, size_t at, size_t len,
                             size_t total)
{
    if (rule->action == REFUSE) {
        append_complaint(&c->to_client, 'E', "ERROR", rule->state);
        const char ready[] = {'Z', 0, 0, 0, 5, c->transaction == 'T' ? 'E' : 'I'};
        append(&c->to_client, ready, sizeof ready);
        c->syncs--; /* it has its answer */
        drop(&c->from_client, total);
        return;
    }
    if (rule->action == WARN || rule->place >= BEFORE_ANSWER) {
        c->has_answer_rule = true;
        c->answer_rule = *rule;
        c->answer_ready = c->syncs;
        append(&c->to_server, c->from_client.ptr, total);
        drop(&c->from_client, total);
        return;
    }
    const size_t passed = rule->place == BEFORE ? at : rule->place == WITHIN ? at + len / 2 : at + len;
    append(&c->to_server, c->from_client.ptr, passed);
    drop(&c->from_client, passed);
    c->decided_requests = total - passed;
    if (rule->action == CUT)
        c->ends_when_empty = true;
    else
        hold(c, rule);
}

/* Decides on the first `total` bytes, which are whole messages. */
static void pass_request(struct pg_proxy *proxy, struct connection *c, size_t total)
{
    for (size_t at = 0, len; at < total; at += len) {
        len = message_at(&c->from_client, at);
        const char *statement = statement_of(c, c->from_client.ptr + at);
        struct rule rule;
        if (statement && take_rule(proxy, statement, &rule)) {
            apply_to_request(c, &rule, at, len, total);
            return;
        }
    }
    append(&c->to_server, c->from_client.ptr, total);
    drop(&c->from_client, total);
}

/* The packet that has no type. True: it has gone by. */
static bool pass_startup(struct pg_proxy *proxy, struct connection *c)
{
    struct bytes *in = &c->from_client;
    if (in->len < 8 || in->len < number_at(in->ptr))
        return false;
    const size_t len = number_at(in->ptr);
    const uint32_t code = number_at(in->ptr + 4);
    struct rule rule;
    if (code == SSL_REQUEST || code == GSS_REQUEST) {
        append(&c->to_client, "N", 1);
        drop(in, len);
        return true;
    }
    if (take_rule(proxy, "connect", &rule)) {
        append_complaint(&c->to_client, 'E', "FATAL", rule.state);
        c->ends_when_empty = true;
        return false;
    }
    append(&c->to_server, in->ptr, len);
    drop(in, len);
    c->is_started = true;
    c->syncs = 1;
    return true;
}

static bool is_moving(const struct connection *c)
{
    return !c->ends_when_empty && c->held_until_ms == 0;
}

/* Passes on what was held in the middle of something. */
static void pass(struct bytes *from, struct bytes *to, size_t *len)
{
    append(to, from->ptr, *len);
    drop(from, *len);
    *len = 0;
}

/* Looks at what the client has sent, up to each message after which it may wait
 * for an answer. */
static void pass_requests(struct pg_proxy *proxy, struct connection *c)
{
    if (proxy->stalls_requests)
        return;
    while (is_moving(c) && !c->is_started && pass_startup(proxy, c))
        continue;
    if (is_moving(c))
        pass(&c->from_client, &c->to_server, &c->decided_requests);
    size_t at = 0;
    for (size_t len; c->is_started && is_moving(c) && (len = message_at(&c->from_client, at)); at += len) {
        const char type = (char)c->from_client.ptr[at];
        if (!strchr("SQHXdcfp", type))
            continue;
        c->syncs += type == 'S' || type == 'Q';
        pass_request(proxy, c, at + len);
        at = len = 0;
    }
}

/* The first `len` bytes from the server end the answer that the rule is about. */
static void apply_to_answer(struct connection *c, size_t len)
{
    const struct rule rule = c->answer_rule;
    c->has_answer_rule = false;
    if (rule.action == WARN) {
        append_complaint(&c->to_client, 'N', "WARNING", rule.state);
        append(&c->to_client, c->from_server.ptr, len);
        drop(&c->from_server, len);
        return;
    }
    const size_t passed = rule.place == WITHIN_ANSWER ? len / 2 : 0;
    append(&c->to_client, c->from_server.ptr, passed);
    drop(&c->from_server, passed);
    c->decided_answers = len - passed;
    if (rule.action == CUT)
        c->ends_when_empty = true;
    else
        hold(c, &rule);
}

static void pass_answers(struct pg_proxy *proxy, struct connection *c)
{
    if (proxy->stalls_answers)
        return;
    if (is_moving(c))
        pass(&c->from_server, &c->to_client, &c->decided_answers);
    size_t at = 0; /* what comes before it is whole, and kept while a rule waits for the end of its answer */
    for (size_t len; is_moving(c) && (len = message_at(&c->from_server, at));) {
        const bool is_ready = c->from_server.ptr[at] == 'Z';
        if (is_ready)
            c->transaction = (char)c->from_server.ptr[at + 5];
        at += len;
        const bool is_about = c->has_answer_rule && c->readies + 1 == c->answer_ready;
        if (is_about && !is_ready)
            continue;
        c->readies += is_ready;
        if (is_about) {
            apply_to_answer(c, at);
        } else {
            append(&c->to_client, c->from_server.ptr, at);
            drop(&c->from_server, at);
        }
        at = 0;
    }
}

/* ---- sockets ------------------------------------------------------------------ */

/* False: the other side has gone. */
static bool read_some(int fd, struct bytes *b)
{
    static _Thread_local uint8_t block[READ_BYTES];
    const ssize_t n = read(fd, block, sizeof block);
    if (n > 0)
        append(b, block, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool write_some(int fd, struct bytes *b)
{
    const ssize_t n = b->len ? send(fd, b->ptr, b->len, MSG_NOSIGNAL) : 0;
    if (n > 0)
        drop(b, (size_t)n);
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static int loopback_socket(struct sockaddr_in *address, uint16_t port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0, "socket");
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return fd;
}

static void make_ready(int fd)
{
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void accept_connection(struct pg_proxy *proxy)
{
    const int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    struct sockaddr_in address;
    const int server = loopback_socket(&address, proxy->upstream);
    if (proxy->is_down || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client);
        close(server);
        return;
    }
    make_ready(client);
    make_ready(server);
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        if (proxy->connections[i].client < 0) {
            proxy->connections[i] =
                (struct connection){.client = client, .server = server, .transaction = 'I'};
            return;
        }
    }
    must(false, "too many connections");
}

/* One turn of a connection; ends it when it is over. */
static void turn(struct pg_proxy *proxy, struct connection *c, short client, short server)
{
    const short readable = POLLIN | POLLHUP | POLLERR;
    bool ok = true;
    if (c->held_until_ms && c->held_until_ms <= now_ms())
        c->held_until_ms = 0;
    if (client & readable)
        ok = read_some(c->client, &c->from_client);
    if (ok && (server & readable))
        ok = read_some(c->server, &c->from_server);
    pass_requests(proxy, c);
    pass_answers(proxy, c);
    const bool is_written = write_some(c->server, &c->to_server) && write_some(c->client, &c->to_client);
    const bool is_empty = c->to_server.len == 0 && c->to_client.len == 0;
    if (!ok || !is_written || (c->ends_when_empty && is_empty))
        end_connection(c);
}

/* A connection in which nothing moves is not read either: what is in the sockets stays there. */
static int fill_polls(struct pg_proxy *proxy, struct pollfd *polls)
{
    int timeout_ms = -1;
    polls[0] = (struct pollfd){.fd = proxy->wake[0], .events = POLLIN};
    polls[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *c = &proxy->connections[i];
        struct pollfd *p = &polls[2 + 2 * i];
        const bool asks = is_moving(c) && !proxy->stalls_requests;
        const bool answers = is_moving(c) && !proxy->stalls_answers;
        p[0] = (struct pollfd){.fd = asks || c->to_client.len ? c->client : -1, .events = asks ? POLLIN : 0};
        p[1] = (struct pollfd){.fd = answers || c->to_server.len ? c->server : -1,
                               .events = answers ? POLLIN : 0};
        p[0].events |= c->to_client.len ? POLLOUT : 0;
        p[1].events |= c->to_server.len ? POLLOUT : 0;
        if (c->client >= 0 && c->held_until_ms && c->held_until_ms != INT64_MAX)
            timeout_ms = 10;
    }
    return timeout_ms;
}

static void *carry(void *arg)
{
    struct pg_proxy *proxy = arg;
    static _Thread_local struct pollfd polls[2 + 2 * CONNECTIONS_MAX];
    pthread_mutex_lock(&proxy->lock);
    while (!proxy->is_ending) {
        const int timeout_ms = fill_polls(proxy, polls);
        pthread_mutex_unlock(&proxy->lock);
        poll(polls, sizeof polls / sizeof *polls, timeout_ms);
        pthread_mutex_lock(&proxy->lock);
        char woken[64];
        if (polls[0].revents)
            must(read(proxy->wake[0], woken, sizeof woken) > 0, "read");
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            struct connection *c = &proxy->connections[i];
            if (c->client >= 0)
                turn(proxy, c, polls[2 + 2 * i].revents, polls[3 + 2 * i].revents);
        }
        if (polls[1].revents)
            accept_connection(proxy);
    }
    pthread_mutex_unlock(&proxy->lock);
    return NULL;
}

/* ---- what a test says ------------------------------------------------------------ */

static void forget(struct pg_proxy *proxy)
{
    proxy->rule_count = 0;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        proxy->connections[i].held_until_ms = 0;
}

static void end_all(struct pg_proxy *proxy)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        if (proxy->connections[i].client >= 0)
            end_connection(&proxy->connections[i]);
    }
}

static bool obey(struct pg_proxy *proxy, const char *line)
{
    if (strcmp(line, "forget") == 0) {
        forget(proxy);
    } else if (strncmp(line, "stall", 5) == 0 || strcmp(line, "go") == 0) {
        proxy->stalls_requests = strcmp(line, "stall") == 0 || strcmp(line, "stall requests") == 0;
        proxy->stalls_answers = strcmp(line, "stall") == 0 || strcmp(line, "stall answers") == 0;
    } else if (strcmp(line, "down") == 0 || strcmp(line, "up") == 0) {
        proxy->is_down = line[0] == 'd';
        if (proxy->is_down)
            end_all(proxy);
    } else if (strncmp(line, "upstream ", 9) == 0) {
        proxy->upstream = (uint16_t)atoi(line + 9);
    } else {
        must(proxy->rule_count < RULES_MAX, "too many rules");
        if (!parse_rule(line, &proxy->rules[proxy->rule_count]))
            return false;
        proxy->rule_count++;
    }
    return true;
}

bool pg_proxy_say(struct pg_proxy *proxy, const char *line)
{
    pthread_mutex_lock(&proxy->lock);
    const bool ok = obey(proxy, line);
    must(write(proxy->wake[1], "", 1) == 1, "write");
    pthread_mutex_unlock(&proxy->lock);
    return ok;
}

unsigned pg_proxy_fired(struct pg_proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    const unsigned fired = proxy->fired;
    pthread_mutex_unlock(&proxy->lock);
    return fired;
}

uint16_t pg_proxy_port(const struct pg_proxy *proxy)
{
    return proxy->port;
}

struct pg_proxy *pg_proxy_new(uint16_t upstream)
{
    struct pg_proxy *proxy = calloc(1, sizeof *proxy);
    must(proxy != NULL, "memory");
    proxy->upstream = upstream;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        proxy->connections[i].client = proxy->connections[i].server = -1;
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    proxy->listener = loopback_socket(&address, 0);
    must(bind(proxy->listener, (struct sockaddr *)&address, size) == 0, "bind");
    must(listen(proxy->listener, 64) == 0, "listen");
    must(getsockname(proxy->listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    proxy->port = ntohs(address.sin_port);
    must(pipe2(proxy->wake, O_CLOEXEC) == 0, "pipe");
    pthread_mutex_init(&proxy->lock, NULL);
    must(pthread_create(&proxy->thread, NULL, carry, proxy) == 0, "thread");
    return proxy;
}

void pg_proxy_free(struct pg_proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->is_ending = true;
    must(write(proxy->wake[1], "", 1) == 1, "write");
    pthread_mutex_unlock(&proxy->lock);
    pthread_join(proxy->thread, NULL);
    end_all(proxy);
    close(proxy->listener);
    close(proxy->wake[0]);
    close(proxy->wake[1]);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}
