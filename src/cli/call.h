/* call.h - one call of the program: a command with what it was given. */
#ifndef KOLABPAD_CLI_CALL_H
#define KOLABPAD_CLI_CALL_H

#include "cli/net.h"
#include "cli/options.h"
#include "cli/password.h"

struct call;

/* What stands before a command's other arguments. */
enum target {
    TARGET_NONE,   /* nothing, and it needs no server */
    TARGET_SERVER, /* nothing: the server is that of KOLABPAD_URL or --url */
    TARGET_PAD,    /* the address of a pad */
};

struct command {
    const char *name;
    enum target target;
    const char *arguments; /* for the help: "URL [FILE]" */
    int argument_max;      /* besides the address */
    const char *options;   /* that it takes, by name */
    const char *summary;   /* in the list of commands */
    const char *help;      /* what there is to know besides */
    enum exit_code (*run)(struct call *call);
};
extern const struct command commands[];
extern const size_t command_count;

struct call {
    const struct command *command;
    struct options options;
    const char *const *arguments; /* besides the address; NULL after the last */
    struct address address;
    struct password password;
    struct net net;
    int timeout_s; /* -1: not given */
};

#endif
