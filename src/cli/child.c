#include "cli/child.h"

enum { SIGNALLED = 128 };

static void note_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    c->is_running = false;
    c->ended(c);
}

static void exited(uv_process_t *process, int64_t status, int signal_number)
{
    struct child *c = process->data;
    c->status = signal_number ? SIGNALLED + signal_number : (int)status;
    uv_close((uv_handle_t *)process, note_closed);
}

static void note_failed(uv_handle_t *handle)
{
    (void)handle;
}

bool child_run(struct child *c, uv_loop_t *loop, const char *command, const char *argument,
               void (*ended)(struct child *c))
{
    char shell[] = "/bin/sh", dash_c[] = "-c", name[] = "sh";
    char *args[] = {shell, dash_c, (char *)command, name, (char *)argument, NULL}; /* execvp changes none */
    uv_stdio_container_t streams[3];
    for (int fd = 0; fd < 3; fd++)
        streams[fd] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = fd};
    uv_process_options_t options = {
        .exit_cb = exited, .file = args[0], .args = args, .stdio_count = 3, .stdio = streams};
    *c = (struct child){.ended = ended};
    c->process.data = c;
    c->is_running = uv_spawn(loop, &c->process, &options) == 0;
    if (!c->is_running)
        uv_close((uv_handle_t *)&c->process, note_failed);
    return c->is_running;
}
