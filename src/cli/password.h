/* password.h - where the password of a pad comes from.
 *
 * First from the address, which the page writes so; then from KOLABPAD_PASSWORD;
 * then from the person, when the server asks for it and there is a terminal.
 * Never from an option: `ps` shows those to everybody on the machine. */
#ifndef KOLABPAD_CLI_PASSWORD_H
#define KOLABPAD_CLI_PASSWORD_H

#include "cli/address.h"
#include "cli/say.h"

struct password {
    char text[PASSWORD_BYTES + 1]; /* "" when there is none */
    int asked;                     /* how often the person was asked */
    bool may_ask;                  /* false where standard input speaks a protocol */
};

/* The password to begin with. Takes KOLABPAD_PASSWORD out of the environment,
 * so that no editor or command inherits it. */
void password_begin(struct password *p, const struct address *address);

/* After the server has refused p->text: asks on the terminal, without showing
 * what is typed. EXIT_DONE, or EXIT_PASSWORD when there is nobody to ask, or
 * nothing was typed, or three were wrong; then it has been told. */
enum exit_code password_ask(struct password *p);

#endif
