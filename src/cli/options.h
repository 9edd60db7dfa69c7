/* options.h - what was asked for on the command line. */
#ifndef KOLABPAD_CLI_OPTIONS_H
#define KOLABPAD_CLI_OPTIONS_H

#include "cli/say.h"

#include <stdbool.h>
#include <stddef.h>

enum { ARGUMENTS_MAX = 4 };

/* A field for each option; NULL or false where it was not given. */
struct options {
    const char *name, *url, *timeout, *language, *exec, *view, *edit, *revoke, *days;
    bool json, help, version, follow, raw;
    const char *arguments[ARGUMENTS_MAX]; /* what is no option, in order */
    int argument_count;
};

/* How an option is written; docs/cli.md, man/kolabpad.1 and the completion have
 * each of them. */
struct option_kind {
    const char *name;  /* with its "--" */
    char letter;       /* 0: none */
    const char *value; /* what it is followed by, for the help; NULL: by nothing */
    size_t field;      /* in struct options */
    const char *help;
};
extern const struct option_kind option_kinds[];
extern const size_t option_kind_count;

/* True when the command whose options are `taken` ("name json …") takes it. */
bool option_is_taken(const struct option_kind *kind, const char *taken);

/* Reads what follows the name of a command. "--" ends the options, "-" alone is
 * an argument. EXIT_USAGE, told, when something is not understood; `command` is
 * for that message. Strings are argv's. */
enum exit_code options_parse(char **argv, const char *command, const char *taken, struct options *out);

#endif
