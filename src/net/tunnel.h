/* tunnel.h - moves bytes between a client's socket and that of another server of ours,
 * both ways, without looking at them (RFC 9110, 3.7: a tunnel).
 *
 *   client ──► this server ──► the server that has the document
 *          ◄──             ◄──
 *
 * One direction holds back at most what its receiver's socket did not take of one read
 * (LOOP_READ_BYTES); until that is gone nothing more is read from the sender, whose own
 * socket then fills, and so on to whoever writes. So a slow reader is slow for the
 * server that writes to it, and treated there.
 *
 * Ends are passed on: when one side says that it sends no more, the other side is told
 * so behind all that it was sent. From then on the tunnel lives for TUNNEL_LINGER_MS
 * after the last byte that it moved. A tunnel with bytes that nobody takes lives for
 * `untaken_ms` after it: long enough for the server at its end to notice first, whose end
 * may be stuck behind those bytes. There are no other timeouts: pings, slow readers and
 * idle clients are the affair of the two ends.
 *
 * Owner: one loop; its thread only, but for the counters. */
#ifndef KOLABPAD_NET_TUNNEL_H
#define KOLABPAD_NET_TUNNEL_H

#include "base/slice.h"
#include "net/loop.h"

enum { TUNNEL_LINGER_MS = 5000 };

/* All tunnels of a loop. */
struct tunnels {
    struct loop *loop;
    int64_t linger_ms, untaken_ms;
    struct link all;     /* struct tunnel */
    struct link waiting; /* the same, those that are blocked or end: whose last byte is oldest first */
    uv_timer_t timer;    /* looks at `waiting`; runs while there are any */
    bool is_closed;      /* tunnels_close was called: none is opened any more */
    _Atomic uint64_t open, bytes; /* read by anyone: relaxed atomics */
};

struct tunnel_ends {
    int client, server; /* connected sockets, non-blocking; the tunnel's, also on failure */
    /* What was read behind the handshakes already, and goes first; copied. */
    struct slice from_client, from_server;
    uint64_t peer; /* the other server's number, for tunnels_close_dead */
    /* Called once, from loop code or from one of the functions that close; after that nothing is left
     * of it. Not called when tunnel_open fails. */
    void (*on_closed)(void *owner);
    void *owner;
};

/* `untaken_ms` 0: however long. */
void tunnels_init(struct tunnels *all, struct loop *loop, int64_t untaken_ms);
/* Before loop_deinit: closes all of them. */
void tunnels_close(struct tunnels *all);
/* Servers have died: closes the tunnels to them at once, since their sockets may not say so for long. */
void tunnels_close_dead(struct tunnels *all, bool (*is_alive)(void *arg, uint64_t peer), void *arg);

/* ERR_NO_MEMORY, ERR_SHUTTING_DOWN. */
enum error tunnel_open(struct tunnels *all, const struct tunnel_ends *ends);

#endif
