/* commands.c - the table of commands. */
#include "cli/commands.h"

#define FOR_ALL " help"
#define FOR_SERVER "url timeout json" FOR_ALL
#define FOR_PAD "name " FOR_SERVER

const struct command commands[] = {
    {"new", TARGET_SERVER, "[FILE]", 1, "language name " FOR_SERVER, "makes a pad and prints its address",
     "The text is that of FILE, or of standard input unless that is a terminal.", new_run},
    {"cat", TARGET_PAD, "PAD", 0, FOR_SERVER, "prints the text of a pad", NULL, cat_run},
    {"put", TARGET_PAD, "PAD [FILE]", 1, FOR_PAD, "replaces the text of a pad",
     "Only what differs is changed, so that others' carets, and what they type meanwhile, stay.", put_run},
    {"append", TARGET_PAD, "PAD [FILE]", 1, "raw follow " FOR_PAD, "adds a text at the end of a pad",
     "A line end is added before it where the pad's text lacks one.", append_run},
    {"watch", TARGET_PAD, "PAD", 0, "exec " FOR_PAD, "prints the text of a pad at each change",
     "A line with a form feed stands between two texts. With --json: what happened, an object a line.",
     watch_run},
    {"edit", TARGET_PAD, "PAD", 0, FOR_PAD, "opens a pad in $VISUAL or $EDITOR",
     "What was saved is merged with what others typed meanwhile.", edit_run},
    {"links", TARGET_PAD, "PAD", 0, "view edit days revoke " FOR_SERVER,
     "lists, makes and withdraws the links of a pad",
     "Without an option it lists them; a link that is made is printed once, and can be read nowhere later.",
     links_run},
    {"history", TARGET_PAD, "PAD [show|restore REVISION]", 2, FOR_PAD,
     "lists who typed what when; shows or brings back an earlier text",
     "The list has the newest first; TO is the revision of the text after it, FROM that of the text before.",
     history_run},
    {"mcp", TARGET_NONE, "", 0, "url name help", "lets an assistant take part in pads",
     "Speaks the Model Context Protocol on standard input and output; see docs/cli.md.", mcp_run},
    {"sync", TARGET_PAD, "PAD FILE", 1, "name url timeout" FOR_ALL, "keeps a file and a pad the same",
     "Saves, in any editor, are edits of the pad; what others type comes into the file.", sync_run},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);
