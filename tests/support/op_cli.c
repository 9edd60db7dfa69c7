/* op_cli.c - the operations as a filter, to compare implementations.
 *
 * Reads one request a line, fields apart by tabs, and answers one line each.
 * Operations and texts are written as support/op_text.h says.
 *
 *     compose    a  b      ->  operation
 *     transform  a  b      ->  a1  b1           inserts by their text,
 *     a_first    a  b      ->  a1  b1           those of a first,
 *     b_first    a  b      ->  a1  b1           those of b first
 *     invert     text  op  ->  operation
 *     apply      text  op  ->  text
 *     caret      op  at    ->  number
 *     between    text  text  ->  operation
 *
 * A request that fails is answered by "! " and the error's code. */
#include "ot/between.h"
#include "support/op_text.h"

#include <stdbool.h>

enum { FIELDS = 3 };

/* What a request works with; deinited after each. */
struct work {
    struct op a, b, out, other;
    struct rope text;
};

static enum error read_text(const char *field, struct rope *out)
{
    struct buf text = {0};
    enum error err = op_text_unescape(field, strlen(field), &text);

    if (!err)
        err = utf8_check(buf_slice(&text), NULL);
    if (!err)
        err = rope_from_text(out, buf_slice(&text));
    buf_deinit(&text);
    return err;
}

static void print_text(const struct rope *text)
{
    struct rope_chunks it = rope_chunks(text);
    struct slice chunk;

    while (rope_chunks_next(&it, &chunk))
        op_text_escape(chunk, stdout);
}

static enum error read_two(char **fields, struct work *w)
{
    enum error err = op_text_parse(fields[1], &w->a);

    return err ? err : op_text_parse(fields[2], &w->b);
}

static enum error read_text_and_op(char **fields, struct work *w)
{
    enum error err = read_text(fields[1], &w->text);

    return err ? err : op_text_parse(fields[2], &w->a);
}

static enum error do_compose(char **fields, struct work *w)
{
    enum error err = read_two(fields, w);

    if (!err)
        err = op_compose(op_view(&w->a), op_view(&w->b), &w->out);
    if (!err)
        op_text_print(op_view(&w->out), stdout);
    return err;
}

static enum error transform(char **fields, struct work *w, enum op_order order)
{
    enum error err = read_two(fields, w);

    if (!err)
        err = op_transform(op_view(&w->a), op_view(&w->b), order, &w->out, &w->other);
    if (err)
        return err;
    op_text_print(op_view(&w->out), stdout);
    putchar('\t');
    op_text_print(op_view(&w->other), stdout);
    return OK;
}

static enum error do_transform(char **fields, struct work *w)
{
    return transform(fields, w, OP_BY_TEXT);
}

static enum error do_a_first(char **fields, struct work *w)
{
    return transform(fields, w, OP_A_FIRST);
}

static enum error do_b_first(char **fields, struct work *w)
{
    return transform(fields, w, OP_B_FIRST);
}

static enum error do_invert(char **fields, struct work *w)
{
    enum error err = read_text_and_op(fields, w);

    if (!err)
        err = op_invert(op_view(&w->a), &w->text, &w->out);
    if (!err)
        op_text_print(op_view(&w->out), stdout);
    return err;
}

static enum error do_apply(char **fields, struct work *w)
{
    enum error err = read_text_and_op(fields, w);

    if (!err)
        err = op_apply(op_view(&w->a), &w->text);
    if (!err)
        print_text(&w->text);
    return err;
}

static enum error do_caret(char **fields, struct work *w)
{
    enum error err = op_text_parse(fields[1], &w->a);

    if (!err)
        printf("%u", op_move_caret(op_view(&w->a), (uint32_t)strtoul(fields[2], NULL, 10)));
    return err;
}

static enum error do_between(char **fields, struct work *w)
{
    struct buf from = {0}, to = {0};
    enum error err = op_text_unescape(fields[1], strlen(fields[1]), &from);

    if (!err)
        err = op_text_unescape(fields[2], strlen(fields[2]), &to);
    if (!err)
        err = op_between(buf_slice(&from), buf_slice(&to), &w->out);
    if (!err)
        op_text_print(op_view(&w->out), stdout);
    buf_deinit(&from);
    buf_deinit(&to);
    return err;
}

static const struct verb {
    const char *name;
    enum error (*run)(char **fields, struct work *w);
} verbs[] = {
    {"compose", do_compose}, {"transform", do_transform}, {"a_first", do_a_first}, {"b_first", do_b_first},
    {"invert", do_invert},   {"apply", do_apply},         {"caret", do_caret},     {"between", do_between},
};

/* Cuts a line into its fields, in place. */
static bool split(char *line, char *fields[FIELDS])
{
    int count = 0;

    line[strcspn(line, "\n")] = '\0';
    for (char *next = line; next && count < FIELDS; count++) {
        fields[count] = next;
        next = strchr(next, '\t');
        if (next)
            *next++ = '\0';
    }
    return count == FIELDS;
}

static enum error answer(char *line)
{
    char *fields[FIELDS];
    enum error err = ERR_BAD_MESSAGE;

    if (!split(line, fields))
        return err;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(fields[0], verbs[i].name) != 0)
            continue;
        struct work w = {0};
        err = verbs[i].run(fields, &w);
        op_deinit(&w.a);
        op_deinit(&w.b);
        op_deinit(&w.out);
        op_deinit(&w.other);
        rope_deinit(&w.text);
    }
    return err;
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;

    while (getline(&line, &cap, stdin) > 0) {
        enum error err = answer(line);
        if (err)
            printf("! %s", error_code(err));
        putchar('\n');
    }
    free(line);
    return 0;
}
