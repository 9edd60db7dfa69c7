/* commands.c - the table of commands. */
#include "cli/commands.h"

#define FOR_ALL " help"
#define FOR_SERVER "url timeout json" FOR_ALL

const struct command commands[] = {
    {"cat", TARGET_PAD, "PAD", 0, FOR_SERVER, "prints the text of a pad", NULL, cat_run},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);
