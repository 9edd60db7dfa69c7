/* task_dump.h - everything that lives in the server, for people who look for
 * what does not die.
 *
 *   goroutine 12 [joined, 312 seconds]:
 *   connection docId="abc123" userId=5 protocol=v2 waiting_bytes=0 client=192.168.1.1
 *       shard-0
 *
 *   goroutine 13 [waiting, 312 seconds]:
 *   persister docId="abc123" users=2 revision=42 saved_revision=40
 *       shard-0
 *
 * One block for each connection, each persister and each of the server's own
 * threads: as many as the metric goroutine_count says. Every shard writes
 * about what is its own, in one turn (about 1 µs a block); the last one to
 * finish answers. */
#ifndef KOLABPAD_API_TASK_DUMP_H
#define KOLABPAD_API_TASK_DUMP_H

#include "net/http.h"
#include "shard/server.h"

enum task_dump_form {
    TASK_DUMP_SUMMARY, /* how many of each kind in each state */
    TASK_DUMP_BLOCKS,
};

/* Answers the request, later and from another thread. */
void task_dump(struct server *server, struct http_request *request, enum task_dump_form form);

#endif
