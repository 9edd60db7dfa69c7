/* main.c - the command line: which command, on which pad, with which options. */
#include "cli/commands.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MAX_S = 30 * 24 * 3600, OPTION_COLUMN = 24 };

/* ---- help ---- */

static enum exit_code print_version(void)
{
    printf("kolabpad %s (%s)\n", KOLABPAD_VERSION, KOLABPAD_COMMIT);
    return EXIT_DONE;
}

static enum exit_code print_help(void)
{
    printf("Usage: kolabpad COMMAND [OPTION...] [ARGUMENT...]\n\n"
           "Works on the pads of a Kolabpad server.\n\n");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-8s %-27s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    printf("\nPAD is the address of a pad or a link, as the browser shows it: 'https://pad.example/#notes'.\n"
           "With KOLABPAD_URL=https://pad.example/ the name alone will do. FILE is a file, or - for\n"
           "standard input, which is the default. A password comes from the address, from\n"
           "KOLABPAD_PASSWORD, or is asked for.\n\n"
           "Exit status: 0 done, 1 refused, 2 usage, 3 the server cannot be reached, 4 password.\n\n"
           "kolabpad COMMAND --help tells more; so does man kolabpad.\n");
    return EXIT_DONE;
}

static enum exit_code print_command_help(const struct command *command)
{
    printf("Usage: kolabpad %s [OPTION...] %s\n\nkolabpad %s %s.\n", command->name, command->arguments,
           command->name, command->summary);
    if (command->help)
        printf("%s\n", command->help);
    printf("\n");
    for (size_t i = 0; i < option_kind_count; i++) {
        const struct option_kind *kind = &option_kinds[i];
        if (!option_is_taken(kind, command->options))
            continue;
        int len = printf(kind->letter ? "  -%c, " : "      ", kind->letter);
        len += printf("%s%s%s", kind->name, kind->value ? " " : "", kind->value ? kind->value : "");
        printf("%*s%s\n", len < OPTION_COLUMN ? OPTION_COLUMN - len : 1, "", kind->help);
    }
    return EXIT_DONE;
}

/* ---- what was asked for ---- */

static enum exit_code read_timeout(struct call *call)
{
    const char *text = call->options.timeout;
    call->timeout_s = -1;
    if (!text)
        return EXIT_DONE;
    char *end;
    long seconds = strtol(text, &end, 10);
    if (end == text || *end != '\0' || seconds < 0 || seconds > TIMEOUT_MAX_S)
        return say(EXIT_USAGE, "--timeout wants a number of seconds, not \"%s\"", text);
    call->timeout_s = (int)seconds;
    return EXIT_DONE;
}

static enum exit_code read_server(struct call *call, const char *server)
{
    const char *problem;
    if (!server || !server[0])
        return say(EXIT_USAGE, "which server? Set KOLABPAD_URL, or give --url https://pad.example/");
    if (!address_parse_server(server, &call->address, &problem))
        return say(EXIT_USAGE, "\"%s\" is no server's address: %s", server, problem);
    return EXIT_DONE;
}

/* The argument is a secret: hidden as soon as it is read, also when it is wrong. */
static enum exit_code read_pad(struct call *call, const char *server)
{
    const char *problem;
    if (call->options.argument_count == 0)
        return say(EXIT_USAGE, "which pad? See: kolabpad %s --help", call->command->name);
    char *argument = (char *)call->options.arguments[0];
    bool is_good = address_parse(argument, server, &call->address, &problem);
    address_hide(argument);
    if (!is_good)
        return say(EXIT_USAGE, "this is no address of a pad: %s", problem);
    if (call->address.password[0])
        say(EXIT_DONE, "for a moment others on this machine could read the password in the address; with "
                       "KOLABPAD_PASSWORD, or when it is asked for, they cannot");
    return EXIT_DONE;
}

static enum exit_code read_arguments(struct call *call)
{
    const char *server = call->options.url ? call->options.url : getenv("KOLABPAD_URL");
    enum exit_code code = EXIT_DONE;
    int taken = 0;
    if (call->command->target == TARGET_SERVER)
        code = read_server(call, server);
    if (call->command->target == TARGET_PAD) {
        code = read_pad(call, server);
        taken = 1;
    }
    call->arguments = call->options.arguments + taken;
    if (!code && call->options.argument_count - taken > call->command->argument_max)
        return say(EXIT_USAGE, "too many arguments; see: kolabpad %s --help", call->command->name);
    return code ? code : read_timeout(call);
}

static enum exit_code run(const struct command *command, char **argv)
{
    static struct call call;
    call.command = command;
    enum exit_code code = options_parse(argv, command->name, command->options, &call.options);
    if (code)
        return code;
    if (call.options.help)
        return print_command_help(command);
    code = read_arguments(&call);
    if (code)
        return code;
    password_begin(&call.password, &call.address);
    if (command->target == TARGET_NONE)
        return command->run(&call);
    code = net_open(&call.net, NULL, &call.address);
    if (code)
        return code;
    code = command->run(&call);
    net_close(&call.net);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return print_help();
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return run(&commands[i], argv + 2);
    return say(EXIT_USAGE, "there is no command %s; see: kolabpad --help", argv[1]);
}
