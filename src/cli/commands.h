/* commands.h - what each command does; the table is in commands.c. Each runs to its
 * end and returns the exit code; whatever went wrong has been told. */
#ifndef KOLABPAD_CLI_COMMANDS_H
#define KOLABPAD_CLI_COMMANDS_H

#include "cli/call.h"

enum exit_code new_run(struct call *call);
enum exit_code cat_run(struct call *call);
enum exit_code put_run(struct call *call);
enum exit_code append_run(struct call *call);
enum exit_code watch_run(struct call *call);
enum exit_code edit_run(struct call *call);
enum exit_code links_run(struct call *call);
enum exit_code history_run(struct call *call);
enum exit_code mcp_run(struct call *call);
enum exit_code sync_run(struct call *call);

#endif
