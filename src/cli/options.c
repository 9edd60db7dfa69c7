#include "cli/options.h"

#include <string.h>

#define FIELD(name) offsetof(struct options, name)

const struct option_kind option_kinds[] = {
    {"--url", 'u', "URL", FIELD(url), "the server, in place of KOLABPAD_URL"},
    {"--name", 'n', "NAME", FIELD(name), "as whom the others see you, in place of KOLABPAD_NAME"},
    {"--timeout", 't', "SECONDS", FIELD(timeout),
     "how long to try to reach the server, at the beginning and again"},
    {"--json", 0, NULL, FIELD(json), "prints JSON, for programs"},
    {"--language", 'l', "LANGUAGE", FIELD(language), "of the text: python, c, markdown ..."},
    {"--follow", 'f', NULL, FIELD(follow), "goes on reading, and sends each line as it comes"},
    {"--raw", 0, NULL, FIELD(raw), "adds no line end between the text and what is appended"},
    {"--exec", 'x', "COMMAND", FIELD(exec), "runs a command at each change; % in it is a file with the text"},
    {"--view", 0, "NAME", FIELD(view), "makes a link of that name which can only read"},
    {"--edit", 0, "NAME", FIELD(edit), "makes a link of that name which can write"},
    {"--days", 0, "DAYS", FIELD(days), "how long the link works; without it: until it is withdrawn"},
    {"--revoke", 0, "ID", FIELD(revoke), "withdraws a link"},
    {"--help", 'h', NULL, FIELD(help), "this text"},
    {"--version", 0, NULL, FIELD(version), "version and commit"},
};
const size_t option_kind_count = sizeof(option_kinds) / sizeof(option_kinds[0]);

bool option_is_taken(const struct option_kind *kind, const char *taken)
{
    const char *name = kind->name + 2;
    size_t len = strlen(name);
    for (const char *at = taken; (at = strstr(at, name)); at += len)
        if ((at == taken || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

/* "--name", "--name=value", "-n", "-nvalue"; *value is what is attached, or NULL. */
static const struct option_kind *find(const char *argument, const char *taken, const char **value)
{
    bool is_long = argument[1] == '-';
    size_t len = is_long ? strcspn(argument, "=") : 2;
    *value = argument[len] == '\0' ? NULL : argument + len + is_long;
    for (size_t i = 0; i < option_kind_count; i++) {
        const struct option_kind *kind = &option_kinds[i];
        bool is_it = is_long ? strncmp(kind->name, argument, len) == 0 && kind->name[len] == '\0'
                             : kind->letter == argument[1];
        if (is_it && option_is_taken(kind, taken))
            return kind;
    }
    return NULL;
}

static enum exit_code set(const struct option_kind *kind, const char *attached, char ***next,
                          struct options *out)
{
    char *field = (char *)out + kind->field;
    if (!kind->value) {
        if (attached)
            return say(EXIT_USAGE, "%s takes no value", kind->name);
        *(bool *)(void *)field = true;
        return EXIT_DONE;
    }
    const char *value = attached ? attached : **next;
    if (!value)
        return say(EXIT_USAGE, "%s wants a value: %s %s", kind->name, kind->name, kind->value);
    if (!attached)
        (*next)++;
    *(const char **)(void *)field = value;
    return EXIT_DONE;
}

enum exit_code options_parse(char **argv, const char *command, const char *taken, struct options *out)
{
    bool may_be_option = true;
    *out = (struct options){0};
    while (*argv) {
        char *argument = *argv++;
        if (may_be_option && strcmp(argument, "--") == 0) {
            may_be_option = false;
            continue;
        }
        if (may_be_option && argument[0] == '-' && argument[1] != '\0') {
            const char *attached;
            const struct option_kind *kind = find(argument, taken, &attached);
            if (!kind)
                return say(EXIT_USAGE, "unknown option %s; see: kolabpad %s --help", argument, command);
            enum exit_code code = set(kind, attached, &argv, out);
            if (code)
                return code;
            continue;
        }
        if (out->argument_count == ARGUMENTS_MAX)
            return say(EXIT_USAGE, "too many arguments; see: kolabpad %s --help", command);
        out->arguments[out->argument_count++] = argument;
    }
    return EXIT_DONE;
}
