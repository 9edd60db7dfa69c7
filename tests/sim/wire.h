/* wire.h - what simulated clients and the simulated gateway say to each other,
 * and the pipes it travels in: in order, or not at all after a cut. */
#ifndef KOLABPAD_SIM_WIRE_H
#define KOLABPAD_SIM_WIRE_H

#include "pad/pad.h"

enum wire_kind {
    WIRE_TEXT, /* v2, both ways: the message as JSON. What follows is v1's, but for WIRE_CLOSE */
    /* up */
    WIRE_HELLO,
    WIRE_EDIT,
    /* both ways */
    WIRE_INFO,
    WIRE_CURSORS,
    WIRE_LANGUAGE,
    /* down */
    WIRE_WELCOME,
    WIRE_HISTORY,
    WIRE_LEFT,
    WIRE_PASSWORD,
    WIRE_CLOSE,
};

enum { WIRE_CARETS_MAX = 2, WIRE_NAME_MAX = 16, WIRE_PASSWORD_MAX = 16 };

/* Carets and a selection, as far as the simulation uses them. */
struct wire_cursors {
    uint32_t caret_count, carets[WIRE_CARETS_MAX];
    bool has_selection;
    struct pad_range selection;
};

struct wire_password {
    bool is_set; /* else there is none */
    char chars[WIRE_PASSWORD_MAX];
};

struct wire_message {
    struct link link;
    enum wire_kind kind;
    uint64_t user_id;
    uint64_t revision; /* EDIT; HISTORY: of the first operation */
    struct buf bytes;  /* TEXT; EDIT: code; HISTORY: wire_append_operation; LANGUAGE */
    struct pad_hello hello;
    struct wire_password password; /* HELLO, PASSWORD */
    struct pad_welcome welcome;
    char name[WIRE_NAME_MAX];
    uint16_t hue;
    struct wire_cursors cursors;
    enum error why; /* CLOSE */
};

struct wire_pipe {
    struct link messages;
    unsigned count;
};

void wire_pipe_init(struct wire_pipe *pipe);
struct wire_message *wire_put(struct wire_pipe *pipe, enum wire_kind kind);
/* The oldest message, which is the caller's; NULL when there is none. */
struct wire_message *wire_take(struct wire_pipe *pipe);
void wire_free(struct wire_message *message);
/* Loses all but the `kept` oldest messages. */
void wire_cut(struct wire_pipe *pipe, unsigned kept);

/* A HISTORY message holds author and code of each operation. */
void wire_append_operation(struct wire_message *m, uint64_t author, struct op_view op);
/* The operation at *at, which moves behind it; false at the end. */
bool wire_next_operation(const struct wire_message *m, size_t *at, uint64_t *author, struct op_view *op);

/* NULL ptr: none. */
struct wire_password wire_password_of(struct slice password);
struct slice wire_password_slice(const struct wire_password *password);

struct wire_cursors wire_cursors_of(const struct pad_cursors *cursors);
/* Puts those behind `end` there. */
void wire_cursors_clamp(struct wire_cursors *cursors, uint32_t end);

#endif
