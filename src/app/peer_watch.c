#include "app/peer_watch.h"

#include "observe/log.h"
#include "session/start.h"
#include "shard/server.h"

#include <string.h>

/* When the database comes back for all, it comes back for one of them first, and that is
 * nothing to send people away for: so several rounds of questions must agree. Where all were
 * without it, they must agree for as long as a server is given to find it again (members.h). */
enum { WATCH_MS = 1000, ROUNDS = 3, HEALTH_BYTES_MAX = 4096 };

/* ---- asking; shard 0 ---- */

static bool is_over(const struct shard *shard)
{
    return store_lease_left_ms(shard->store) == 0;
}

static bool says(const struct upstream_answer *answer, struct slice words)
{
    return !answer->err && memmem(answer->body.ptr, answer->body.len, words.ptr, words.len) != NULL;
}

static uint32_t rounds_needed(const struct shard *shard)
{
    const int64_t grace_ms = 2 * shard->config->cluster_lease_ms;
    const uint32_t grace_rounds = (uint32_t)(grace_ms / WATCH_MS);
    return shard->was_outage && grace_rounds > ROUNDS ? grace_rounds : ROUNDS;
}

static void on_health(void *owner, const struct upstream_answer *answer)
{
    struct shard *shard = owner;
    shard->has_heard_lack |= says(answer, SLICE("\"database\":\"not writable\""));
    if (shard->has_heard || !says(answer, SLICE("\"database\":\"ok\"")))
        return;
    shard->has_heard = true;
    if (++shard->heard_rounds < rounds_needed(shard))
        return;
    if (is_over(shard))
        log_line(LOG_WARN, "Cut off from the database, which another server has: sending people there");
    server_note_others(shard->server, true, is_over(shard));
}

static enum error write_request(struct buf *out, const struct shard *shard, struct slice address)
{
    const struct slice parts[] = {SLICE("GET "), slice_from_cstr(shard->config->base_path),
                                  SLICE("/api/health HTTP/1.1\r\nHost: "), address,
                                  SLICE("\r\nConnection: close\r\n\r\n")};
    enum error err = OK;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !err; i++)
        err = buf_append(out, parts[i]);
    return err;
}

static void ask(struct shard *shard, const struct store_peer *peer)
{
    struct buf bytes = {0};
    struct upstream_request request = {.address = slice_from_cstr(peer->address),
                                       .peer = peer->incarnation,
                                       .bytes = &bytes,
                                       .body_max = HEALTH_BYTES_MAX,
                                       .done = on_health,
                                       .owner = shard};
    if (*peer->address && write_request(&bytes, shard, request.address) == OK)
        upstream_ask(&shard->upstreams, &request); /* without an answer it is as if it had none */
    buf_deinit(&bytes);
}

static void hear_nobody(struct shard *shard)
{
    shard->heard_rounds = 0;
    server_note_others(shard->server, false, false);
}

static void ask_all(struct shard *shard)
{
    struct store_peer peers[STORE_PEERS_MAX];
    uint32_t count = store_peers(shard->store, peers);
    if (!shard->has_heard) {
        shard->was_outage |= shard->has_heard_lack;
        hear_nobody(shard);
    }
    shard->has_heard = shard->has_heard_lack = false;
    for (uint32_t i = 0; i < count; i++)
        ask(shard, &peers[i]);
}

static void check_others(struct shard *shard)
{
    int64_t left_ms = shard->watch_due_ms - shard_now_ms(shard);
    if (left_ms > 0 && left_ms <= WATCH_MS) {
        shard_want_timer(shard, left_ms);
        return;
    }
    shard->watch_due_ms = shard_now_ms(shard) + WATCH_MS;
    shard_want_timer(shard, WATCH_MS);
    if (store_is_failing(shard->store) || is_over(shard)) {
        ask_all(shard);
        return;
    }
    shard->was_outage = false;
    if (shard->heard_rounds > 0)
        hear_nobody(shard);
}

/* ---- sending people away; each shard ---- */

void peer_watch_check(struct shard *shard)
{
    if (shard->index == 0 && server_is_shared(shard->server))
        check_others(shard);
}

void peer_watch_send_away(struct shard *shard)
{
    uint32_t sent_away = server_sent_away(shard->server);
    if (shard->sent_away == sent_away)
        return;
    shard->sent_away = sent_away;
    sessions_close_all(shard, ERR_STORAGE);
}
