/* child.h - a command of the shell, run beside the loop. */
#ifndef KOLABPAD_CLI_CHILD_H
#define KOLABPAD_CLI_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct child {
    uv_process_t process;
    bool is_running;
    int status; /* as the shell has it: 128 and the signal, where one ended it */
    void (*ended)(struct child *c);
};

/* Runs `command` with /bin/sh, on the terminal and the streams of this program. In it
 * "$1" is `argument`, where that is not NULL. False when it cannot be started; else
 * `ended` is called once. */
bool child_run(struct child *c, uv_loop_t *loop, const char *command, const char *argument,
               void (*ended)(struct child *c));

#endif
