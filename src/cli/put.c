/* put.c - kolabpad put: makes the pad's text that of a file. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/replace.h"

enum exit_code put_run(struct call *call)
{
    struct buf text = {0};
    enum exit_code code = input_read(call->arguments[0], &text);
    if (!code)
        code = replace_text(call, buf_slice(&text));
    buf_deinit(&text);
    return code;
}
