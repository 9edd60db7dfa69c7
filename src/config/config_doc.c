/* The settings for people: --help, docs/configuration.md, .env.example. */
#include "config/config.h"

#include "config/config_table.h"

#include <stdio.h>
#include <string.h>

enum { LINE_COLUMNS = 100 };

/* Words, broken into lines; `first` begins the first line, `next` the others. */
static void print_wrapped(const char *first, const char *next, const char *text)
{
    size_t column = (size_t)printf("%s", first);

    for (const char *space = ""; *text; space = " ") {
        const size_t word = strcspn(text, " ");
        if (column + 1 + word > LINE_COLUMNS) {
            column = (size_t)printf("\n%s", next);
            space = "";
        }
        column += (size_t)printf("%s%.*s", space, (int)word, text);
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

/* Calls `print` for the rows of each group, after `begin` for the group. */
static void each_row(void (*begin)(const char *group), void (*print)(const struct setting *))
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        begin(setting_group_names[group]);
        for (size_t i = 0; i < config_setting_count; i++)
            if ((int)config_settings[i].group == group)
                print(&config_settings[i]);
    }
}

/* ---- --help ---- */

static void begin_help(const char *group)
{
    printf("\n%s\n", group);
}

static void print_help_row(const struct setting *s)
{
    char expected[128];

    printf("\n  %s=%s\n", s->name, s->default_text);
    print_wrapped("      ", "      ", s->help);
    if (s->default_words)
        print_wrapped("      Default: ", "      ", s->default_words);
    if (s->type != SETTING_TEXT && s->type != SETTING_FOREIGN)
        print_wrapped("      Takes ", "      ", setting_expects(s, expected));
    if (s->alias)
        printf("      Also known as %s\n", s->alias);
}

void config_print_help(void)
{
    fputs("A variable that is empty counts as not set, but for SQLITE_URI. These are the defaults.\n",
          stdout);
    each_row(begin_help, print_help_row);
}

/* ---- docs/configuration.md ---- */

static void begin_markdown(const char *group)
{
    printf("\n## %s\n\n| variable | default | takes | what |\n| --- | --- | --- | --- |\n", group);
}

static void print_markdown_row(const struct setting *s)
{
    char expected[128];

    printf("| `%s`", s->name);
    if (s->alias)
        printf(" (also `%s`)", s->alias);
    if (s->default_words)
        printf(" | %s", s->default_words);
    else
        printf(" | `%s`", s->default_text);
    printf(" | %s | %s |\n", setting_expects(s, expected), s->help);
}

void config_print_markdown(void)
{
    fputs(
        "# Configuration\n"
        "\n"
        "The server is configured by environment variables. `kolabpad-server --help` lists them,\n"
        "`kolabpad-server --check-config` tells whether they are understood. A value that is not "
        "understood or\n"
        "out of bounds stops the server with a message and exit status 2; it never falls back to a "
        "default. A\n"
        "variable that is empty counts as not set, but for `SQLITE_URI`.\n"
        "\n"
        "This page is made from the table in `src/config/config_table.c`, and so is `.env.example`; a test\n"
        "compares them, and `KP_WRITE_DOCS=1 ctest -R config_test` writes them anew.\n",
        stdout);
    each_row(begin_markdown, print_markdown_row);
}

/* ---- .env.example ---- */

static void begin_env(const char *group)
{
    printf("\n# ---- %s ----\n", group);
}

static void print_env_row(const struct setting *s)
{
    char expected[128];

    putchar('\n');
    print_wrapped("# ", "# ", s->help);
    if (s->default_words)
        print_wrapped("# Default: ", "# ", s->default_words);
    if (s->type != SETTING_TEXT && s->type != SETTING_FOREIGN)
        print_wrapped("# Takes ", "# ", setting_expects(s, expected));
    printf("%s=%s\n", s->name, s->default_text);
}

void config_print_env(void)
{
    fputs(
        "# Every setting of Kolabpad with its default. Copy this file to .env and change what you need.\n"
        "# A variable that is empty counts as not set, but for SQLITE_URI. Details: docs/configuration.md\n",
        stdout);
    each_row(begin_env, print_env_row);
}
