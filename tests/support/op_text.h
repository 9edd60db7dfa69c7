/* op_text.h - operations as one writes them down.
 *
 *     =5      retain 5
 *     +text   insert "text"; \s is a space, \n a line end, \t a tab, \\ a backslash
 *     -3      delete 3
 *
 * "=2 +ab -3" is one operation; components may be in any order and are
 * brought into normal form, as op.h does. */
#ifndef KOLABPAD_TESTS_OP_TEXT_H
#define KOLABPAD_TESTS_OP_TEXT_H

#include "ot/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends text as it stands behind a '+', unescaped. */
static inline enum error op_text_unescape(const char *from, size_t len, struct buf *out)
{
    enum error err = OK;

    for (size_t i = 0; i < len && !err; i++) {
        char c = from[i];
        if (c == '\\' && i + 1 < len) {
            c = from[++i];
            c = c == 's' ? ' ' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        }
        err = buf_append_byte(out, (uint8_t)c);
    }
    return err;
}

static inline enum error op_text_insert(struct op *op, const char *from, size_t len)
{
    struct buf text = {0};
    enum error err = op_text_unescape(from, len, &text);

    if (!err)
        err = op_insert(op, buf_slice(&text));
    buf_deinit(&text);
    return err;
}

/* Appends the components of `line` to `op`. ERR_BAD_MESSAGE when it is not the
 * language above, else what the builder says. */
static inline enum error op_text_parse(const char *line, struct op *op)
{
    for (const char *at = line + strspn(line, " "); *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        uint32_t count = (uint32_t)strtoul(at + 1, NULL, 10);
        enum error err = *at == '='   ? op_retain(op, count)
                         : *at == '-' ? op_delete(op, count)
                         : *at == '+' ? op_text_insert(op, at + 1, len - 1)
                                      : ERR_BAD_MESSAGE;
        if (err)
            return err;
        at += len;
    }
    return OK;
}

/* Text as it stands behind a '+'. */
static inline void op_text_escape(struct slice text, FILE *to)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *letter = memchr(" \n\t\\", text.ptr[i], 4);
        if (letter)
            fprintf(to, "\\%c", "snt\\"[*letter == ' ' ? 0 : *letter == '\n' ? 1 : *letter == '\t' ? 2 : 3]);
        else
            fputc(text.ptr[i], to);
    }
}

static inline void op_text_print(struct op_view op, FILE *to)
{
    struct op_iter it = op_iter(op);

    for (const char *gap = ""; op_iter_next(&it); gap = " ") {
        fprintf(to, "%s%c", gap, "=-+"[it.kind]);
        if (it.kind == OP_INSERT)
            op_text_escape(it.text, to);
        else
            fprintf(to, "%u", it.points);
    }
}

#endif
