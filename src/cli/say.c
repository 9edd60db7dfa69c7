#include "cli/say.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_BYTES = 2048, SPACE = 0x20, DELETE = 0x7f };

static void make_harmless(char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < SPACE || *line == DELETE)
            *line = ' ';
}

enum exit_code say(enum exit_code code, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    make_harmless(line);
    fprintf(stderr, "kolabpad: %s\n", line);
    return code;
}

enum exit_code say_no_memory(void)
{
    return say(EXIT_REFUSED, "out of memory");
}
