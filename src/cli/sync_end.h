/* sync_end.h - what `kolabpad sync` says when it ends, whatever it ends for: of what was changed in the file
 * and is not in the pad, of what others typed and is not in the file, and what to do about that. */
#ifndef KOLABPAD_CLI_SYNC_END_H
#define KOLABPAD_CLI_SYNC_END_H

#include "cli/participant.h"
#include "cli/sync_file.h"

/* `code` is what it ends with, told already; the answer is what it ends with instead. EXIT_DONE is that only
 * where the pad has everything: else EXIT_REFUSED (something must be mended first) or EXIT_UNREACHABLE.
 * Before sync_file_end. */
enum exit_code sync_end_tell(const struct sync_file *file, const struct participant *p, enum exit_code code);

#endif
