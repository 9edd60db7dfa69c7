/* replace.h - makes a text of a pad's, and waits until the server holds it. */
#ifndef KOLABPAD_CLI_REPLACE_H
#define KOLABPAD_CLI_REPLACE_H

#include "cli/call.h"

/* Changes only what differs. Told when it fails. */
enum exit_code replace_text(struct call *call, struct slice text);

#endif
