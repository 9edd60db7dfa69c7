#include "cli/password.h"

#include "cli/fd_write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { TRIES = 3 };

void password_begin(struct password *p, const struct address *address)
{
    const char *variable = getenv("KOLABPAD_PASSWORD");
    *p = (struct password){.may_ask = true};
    const char *given = address->password[0] ? address->password : variable ? variable : "";
    if (strlen(given) <= PASSWORD_BYTES) /* else it is none */
        snprintf(p->text, sizeof(p->text), "%s", given);
    unsetenv("KOLABPAD_PASSWORD");
}

static enum exit_code refused(const struct password *p)
{
    if (p->asked > 0 || p->text[0])
        return say(EXIT_PASSWORD, "the password of this pad is another one");
    return say(EXIT_PASSWORD, "this pad has a password: set KOLABPAD_PASSWORD, or call this in a terminal");
}

/* Reads a line into `out`, without its end; false when it is empty or too long. */
static bool read_line(int fd, char *out, size_t size)
{
    size_t len = 0;
    char c;
    while (read(fd, &c, 1) == 1 && c != '\n') {
        if (len + 1 == size)
            return false;
        out[len++] = c;
    }
    out[len] = '\0';
    return len > 0;
}

enum exit_code password_ask(struct password *p)
{
    int fd = p->may_ask && p->asked < TRIES ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return refused(p);
    struct termios shown, hidden;
    bool is_terminal = tcgetattr(fd, &shown) == 0;
    bool got = false;
    if (is_terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        bool is_again = p->asked > 0 || p->text[0];
        got = tcsetattr(fd, TCSAFLUSH, &hidden) == 0 &&
              fd_write(fd, slice_from_cstr(is_again ? "Not that one. Password of the pad: "
                                                    : "Password of the pad: ")) &&
              read_line(fd, p->text, sizeof(p->text));
        tcsetattr(fd, TCSAFLUSH, &shown);
        (void)fd_write(fd, SLICE("\n"));
    }
    close(fd);
    p->asked++;
    return got ? EXIT_DONE : say(EXIT_PASSWORD, "no password was given");
}
