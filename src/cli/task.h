/* task.h - one call of a tool, from the request to its answer.
 *
 *     begins ──► waits for its pad ──► tool->begin ──► tool->look, whenever something
 *                                                      happens ──► task_answer
 *
 * A tool answers at once or later; whichever way, exactly once. */
#ifndef KOLABPAD_CLI_TASK_H
#define KOLABPAD_CLI_TASK_H

#include "base/list.h"
#include "cli/agent.h"
#include "cli/http.h"
#include "cli/rpc.h"

struct task;

/* The program around the tasks. */
struct task_host {
    struct buf out;                     /* answers that are to be written */
    const char *server;                 /* KOLABPAD_URL; NULL: none */
    void (*flush)(struct task_host *h); /* something was answered, or a task has ended */
    /* The agent in that pad, who joins if need be. NULL, and why in *problem, when that cannot be. */
    struct agent *(*agent)(struct task_host *h, const struct address *address, const char **problem);
};

struct tool {
    const char *name;
    const char *describes; /* the tool as tools/list has it, but for its name: JSON members */
    bool needs_pad;        /* joins the pad of its argument "pad" before it begins */
    bool needs_edit;       /* and may write there */
    bool only_waits;       /* nothing is lost when it is ended */
    void (*begin)(struct task *t);
    void (*look)(struct task *t); /* NULL: it never waits, or for HTTP alone */
};
extern const struct tool tools[];
extern const size_t tool_count;

struct task {
    struct task_host *host;
    const struct tool *tool;
    struct agent *agent; /* NULL: of no pad */
    json_t *id;          /* owned */
    json_t *arguments;   /* owned; an object */
    uv_timer_t timer;    /* the time is up: `is_late` */
    bool is_used, has_begun, is_late, is_answered, is_cancelled;
    uint32_t caret;    /* of a task that writes: where it wrote */
    int64_t ends_ms;   /* of one that waits for changes: when it answers, whatever goes on */
    bool is_gathering; /* of the same: there are some, and it waits for a pause in them */
    struct http http;
    struct http_request request;
    struct http_answer answer;
    struct buf path, body;
};

/* Answers with a text. The task is over; `text` is copied. */
void task_answer(struct task *t, struct slice text);
/* Answers that it did not work, and why: a sentence for the assistant. */
__attribute__((format(printf, 2, 3))) void task_fail(struct task *t, const char *format, ...);

/* From now on look() is called, also when that time has passed. */
void task_wait(struct task *t, int64_t most_ms);

/* Arguments. Strings are borrowed; NULL ptr where there is none. False, and the task
 * failed, where it is of another kind, or a number is not within the bounds. */
bool task_string(struct task *t, const char *name, bool is_needed, struct slice *out);
bool task_number(struct task *t, const char *name, int64_t least, int64_t most, int64_t usual, int64_t *out);

/* Sends t->request to the server of the task's pad, with what opens it; `done` has the
 * answer in t->answer and answers the task. */
void task_ask(struct task *t, void (*done)(struct http *http));

#endif
