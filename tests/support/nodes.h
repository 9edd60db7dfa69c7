/* nodes.h - several whole servers in one process, on one shared_engine: real HTTP servers,
 * shards and stores; what is not real is the database. */
#ifndef KOLABPAD_TESTS_NODES_H
#define KOLABPAD_TESTS_NODES_H

#include "api/api.h"
#include "config/config.h"
#include "support/shared_engine.h"

struct node {
    uint64_t incarnation; /* 1, 2, … in the order of their start; the last one is of an older version */
    struct config config; /* node_start begins with the defaults */
    struct api api;
    struct store *store;
    struct http_server *http;
    uint16_t port;
    char address[32]; /* 127.0.0.1:port */
    bool is_running;
};

enum { NODES = 3 };
extern struct node nodes[NODES];

/* Starts all of them on an empty database; `adjust`, if there is one, changes their settings first.
 * With folders for STATIC_DIR "%s/1", "%s/2" … below `files`; NULL: without. */
void nodes_start(void (*adjust)(struct config *config, uint64_t incarnation), const char *files);
void node_stop(struct node *node);
/* Those that run. */
void nodes_stop(void);

/* The number of open tunnels of the node, and of bytes that they moved. */
uint64_t node_tunnels(const struct node *node);
uint64_t node_tunnel_bytes(const struct node *node);

#endif
