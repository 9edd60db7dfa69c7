/* say.h - what the program tells the person who called it: the exit status,
 * and a line on standard error that says what happened and what to do.
 *
 * The exit codes are those of docs/cli.md. A line begins with "kolabpad: ", so
 * that it can be told from what an editor or a --exec command says. */
#ifndef KOLABPAD_CLI_SAY_H
#define KOLABPAD_CLI_SAY_H

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,     /* the server, or the state of the pad or of a file, does not allow it */
    EXIT_USAGE = 2,       /* the command line does not make sense */
    EXIT_UNREACHABLE = 3, /* the server does not answer, or not in time */
    EXIT_PASSWORD = 4,    /* the pad wants a password, or another one */
};

/* Writes the line and returns `code`, so that a failure is told and returned in
 * one statement. EXIT_DONE for what is no failure. Control characters in what is
 * written are replaced: the text may come from a server. */
__attribute__((format(printf, 2, 3))) enum exit_code say(enum exit_code code, const char *format, ...);

/* Of a lack of memory. */
enum exit_code say_no_memory(void);

#endif
