#include "options.h"

#include "client.h"

#include <stdlib.h>
#include <string.h>

static const struct option {
    const char *name;
    size_t at;
} table[] = {
    {"--port", offsetof(struct options, port)},
    {"--pid", offsetof(struct options, pid)},
    {"--nodes", offsetof(struct options, nodes)},
    {"--pid2", offsetof(struct options, pid2)},
    {"--pid3", offsetof(struct options, pid3)},
    {"--postmaster", offsetof(struct options, postmaster)},
    {"--relay", offsetof(struct options, relay)},
    {"--pads", offsetof(struct options, pads)},
    {"--writers", offsetof(struct options, writers)},
    {"--readers", offsetof(struct options, readers)},
    {"--connections", offsetof(struct options, connections)},
    {"--milliseconds", offsetof(struct options, milliseconds)},
    {"--rate", offsetof(struct options, rate)},
    {"--edits", offsetof(struct options, edits)},
    {"--bytes", offsetof(struct options, bytes)},
    {"--rows", offsetof(struct options, rows)},
    {"--bare", offsetof(struct options, bare)},
};

static uint64_t *find(struct options *out, const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return (uint64_t *)(void *)((char *)out + table[i].at);
    die("unknown option %s", name);
}

int options_read(int argc, char **argv, struct options *out)
{
    int at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0 && argv[at][2] != '\0'; at += 2)
        *find(out, argv[at]) = strtoull(argv[at + 1], NULL, 10);
    return at;
}
