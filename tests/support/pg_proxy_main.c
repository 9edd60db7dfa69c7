/* pg_proxy_main.c - the proxy of pg_proxy.h as a program, for tests in other
 * languages: `pg_proxy PORT` prints `port N`, then answers each line of its
 * standard input with `ok FIRED`, how often rules have applied by then, or `what?`.
 * An empty line only asks. It ends with its input. */
#include "support/pg_proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    struct pg_proxy *proxy = pg_proxy_new((uint16_t)atoi(argv[1]));
    char line[512];
    printf("port %u\n", pg_proxy_port(proxy));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || pg_proxy_say(proxy, line))
            printf("ok %u\n", pg_proxy_fired(proxy));
        else
            printf("what?\n");
        fflush(stdout);
    }
    pg_proxy_free(proxy);
    return 0;
}
