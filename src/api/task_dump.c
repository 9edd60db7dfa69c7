#include "api/task_dump.h"

#include "base/json.h"
#include "net/conn.h"
#include "observe/clock.h"
#include "observe/metrics.h"
#include "session/session.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum task_state {
    TASK_THREAD,
    TASK_AWAITING_HELLO,
    TASK_OPENING,
    TASK_JOINED,
    TASK_SLOW,
    TASK_CLOSING,
    TASK_WAITING,
    TASK_WRITING,
    TASK_STATE_COUNT
};

static const struct {
    const char *kind, *state;
} states[TASK_STATE_COUNT] = {
    [TASK_THREAD] = {"thread", "running"},        [TASK_AWAITING_HELLO] = {"connection", "awaiting hello"},
    [TASK_OPENING] = {"connection", "accessing"}, [TASK_JOINED] = {"connection", "joined"},
    [TASK_SLOW] = {"connection", "slow reader"},  [TASK_CLOSING] = {"connection", "closing"},
    [TASK_WAITING] = {"persister", "waiting"},    [TASK_WRITING] = {"persister", "writing"},
};

/* One shard's part of the dump, or, for the threads, the HTTP server's. */
struct part {
    struct loop_task task;
    struct dump *dump;
    struct shard *shard;
    struct buf text;
    enum error err;
    uint32_t counts[TASK_STATE_COUNT];
};

struct dump {
    struct http_request *request;
    enum task_dump_form form;
    atomic_uint next;   /* number of the next block */
    atomic_uint waited; /* parts that are not written yet */
    uint32_t part_count;
    struct part parts[];
};

/* ---- one block ---- */

static void field(struct json *j, const char *name, uint64_t value)
{
    json_raw(j, name);
    json_uint(j, value);
}

/* Counts it, and writes its first line where lines are wanted. */
static bool begin_block(struct part *p, struct json *j, enum task_state state, int64_t age_ms)
{
    p->counts[state]++;
    if (p->dump->form == TASK_DUMP_SUMMARY)
        return false;
    field(j, "goroutine ", atomic_fetch_add(&p->dump->next, 1));
    json_raw(j, " [");
    json_raw(j, states[state].state);
    field(j, ", ", age_ms > 0 ? (uint64_t)age_ms / 1000 : 0);
    json_raw(j, " seconds]:\n");
    json_raw(j, states[state].kind);
    return true;
}

static void end_block(struct json *j, const struct shard *shard)
{
    field(j, "\n\tshard-", shard->index);
    json_raw(j, "\n\n");
}

/* ---- connections and persisters ---- */

static enum task_state state_of(const struct session *s)
{
    if (s->state == SESSION_CLOSED || conn_is_closing(s->conn))
        return TASK_CLOSING;
    if (s->state == SESSION_AWAITING_HELLO)
        return TASK_AWAITING_HELLO;
    if (s->state == SESSION_OPENING)
        return TASK_OPENING;
    return conn_is_ready(s->conn) ? TASK_JOINED : TASK_SLOW;
}

static void write_session(struct part *p, struct json *j, const struct session *s)
{
    char client[ADDRESS_TEXT_MAX];
    if (!begin_block(p, j, state_of(s), conn_age_ms(s->conn)))
        return;
    json_raw(j, " docId=");
    json_quoted_or_null(j, s->doc ? s->doc->id : s->joining ? s->joining->id : (struct slice){0});
    field(j, " userId=", s->peer.user_id);
    json_raw(j, s->version == PAD_V2 ? " protocol=v2" : " protocol=v1");
    field(j, " waiting_bytes=", conn_waiting_bytes(s->conn));
    json_raw(j, " client=");
    address_format(s->client, client);
    json_raw(j, client);
    end_block(j, p->shard);
}

static void write_persister(struct part *p, struct json *j, const struct document *doc)
{
    int64_t age_ms = shard_now_ms(p->shard) - doc->live_ms;
    enum task_state state = doc->snapshots_in_flight > 0 ? TASK_WRITING : TASK_WAITING;
    if (!begin_block(p, j, state, age_ms))
        return;
    json_raw(j, " docId=");
    json_quoted(j, doc->id);
    field(j, " users=", doc->peer_count);
    field(j, " revision=", doc->pad.revision);
    field(j, " committed=", doc->pad.committed);
    field(j, " saved_revision=", doc->saved_revision);
    end_block(j, p->shard);
}

static void write_sessions(struct part *p, struct json *j, struct link *sessions)
{
    LIST_EACH (at, following, sessions)
        write_session(p, j, LIST_ITEM(at, struct session, link));
}

static void write_shard(struct part *p)
{
    struct json j = json_to(&p->text);
    write_sessions(p, &j, &p->shard->awaiting_hello);
    write_sessions(p, &j, &p->shard->sessions);
    LIST_EACH (at, following, &p->shard->documents.live)
        write_persister(p, &j, LIST_ITEM(at, struct document, live_link));
    p->err = json_error(&j);
}

/* ---- the server's own threads ---- */

static void read_name(const char *id, char name[32])
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%.16s/comm", id);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(name, 32, file))
        snprintf(name, 32, "?");
    name[strcspn(name, "\n")] = '\0';
    if (file)
        fclose(file);
}

static void write_threads(struct part *p)
{
    struct json j = json_to(&p->text);
    DIR *threads = opendir("/proc/self/task");
    int64_t age_ms = metric_get(METRIC_UPTIME) * 1000;
    for (struct dirent *entry; threads && (entry = readdir(threads));) {
        char name[32];
        if (entry->d_name[0] == '.' || !begin_block(p, &j, TASK_THREAD, age_ms))
            continue;
        read_name(entry->d_name, name);
        json_raw(&j, " ");
        json_raw(&j, name);
        json_raw(&j, "\n\tthread ");
        json_raw(&j, entry->d_name);
        json_raw(&j, "\n\n");
    }
    if (threads)
        closedir(threads);
    p->err = json_error(&j);
}

/* ---- all of them ---- */

static void write_summary(const struct dump *d, struct buf *out)
{
    struct json j = json_to(out);
    uint64_t total = 0, counts[TASK_STATE_COUNT] = {0};
    for (uint32_t i = 0; i < d->part_count; i++)
        for (int state = 0; state < TASK_STATE_COUNT; state++)
            counts[state] += d->parts[i].counts[state];
    for (int state = 0; state < TASK_STATE_COUNT; state++)
        total += counts[state];
    field(&j, "goroutine profile: total ", total);
    for (int state = 0; state < TASK_STATE_COUNT; state++) {
        if (counts[state] == 0)
            continue;
        field(&j, "\n", counts[state]);
        json_raw(&j, " ");
        json_raw(&j, states[state].kind);
        json_raw(&j, " ");
        json_raw(&j, states[state].state);
    }
    json_raw(&j, "\n");
}

static void free_dump(struct dump *d)
{
    for (uint32_t i = 0; i < d->part_count; i++)
        buf_deinit(&d->parts[i].text);
    free(d);
}

static void answer(struct dump *d)
{
    struct buf body = {0};
    enum error err = OK;
    for (uint32_t i = 0; i < d->part_count && !err; i++) {
        err = d->parts[i].err;
        if (!err)
            err = buf_append(&body, buf_slice(&d->parts[i].text));
    }
    if (d->form == TASK_DUMP_SUMMARY)
        write_summary(d, &body);
    struct http_response response = {
        .status = 200, .content_type = "text/plain; charset=utf-8", .body = buf_slice(&body)};
    if (err)
        http_respond_error(d->request, err);
    else
        http_respond(d->request, &response);
    buf_deinit(&body);
    free_dump(d);
}

static void part_written(struct part *p)
{
    struct dump *d = p->dump;
    if (atomic_fetch_sub(&d->waited, 1) == 1)
        answer(d);
}

static void run_part(struct loop_task *task)
{
    struct part *p = LIST_ITEM(task, struct part, task);
    write_shard(p);
    part_written(p);
}

void task_dump(struct server *server, struct http_request *request, enum task_dump_form form)
{
    uint32_t count = server_shard_count(server) + 1;
    struct dump *d = calloc(1, sizeof(*d) + count * sizeof(d->parts[0]));
    if (!d) {
        http_respond_error(request, ERR_NO_MEMORY);
        return;
    }
    d->request = request;
    d->form = form;
    d->part_count = count;
    atomic_store(&d->next, 1);
    atomic_store(&d->waited, count);
    metrics_refresh(clock_ms());
    d->parts[0].dump = d;
    write_threads(&d->parts[0]);
    for (uint32_t i = 1; i < count; i++) {
        d->parts[i].dump = d;
        d->parts[i].shard = server_shard(server, i - 1);
        d->parts[i].task.run = run_part;
        if (!loop_post(&d->parts[i].shard->loop, &d->parts[i].task))
            part_written(&d->parts[i]);
    }
    part_written(&d->parts[0]);
}
