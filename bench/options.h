/* options.h - the numbers on a bench program's command line: --name value. */
#ifndef KOLABPAD_BENCH_OPTIONS_H
#define KOLABPAD_BENCH_OPTIONS_H

#include <stdint.h>

struct options {
    uint64_t port;  /* of the server on 127.0.0.1 */
    uint64_t pid;   /* of the server, to measure it */
    uint64_t nodes; /* so many servers take turns, on ports from `port` on; the load is measured at pid, pid2,
                       pid3 */
    uint64_t pid2, pid3;
    uint64_t postmaster; /* PostgreSQL's first process, to measure all of them; 0: there is none */
    uint64_t relay;      /* 1: it is the bare relay */
    uint64_t pads;
    uint64_t writers; /* in each pad */
    uint64_t readers; /* in each pad */
    uint64_t connections;
    uint64_t milliseconds;
    uint64_t rate; /* edits a second in all; 0: as fast as the echoes come */
    uint64_t edits;
    uint64_t bytes;
    uint64_t rows; /* in a transaction */
    uint64_t bare; /* 1: by a plain INSERT */
};

/* Starts from what `out` holds. Returns the index of the first argument that
 * is not an option; ends the program when one is unknown. */
int options_read(int argc, char **argv, struct options *out);

#endif
