/* edit.c - the cost of an edit of one character inside the server.
 *
 * Drives a pad (src/pad/pad.h) as a shard does, without sockets and storage:
 * the edit, the batch for the journal, the commit, the history for the author.
 * Edits go to random places, which is the worst case for caches; every other
 * one deletes a character, so that the text keeps its length.
 *
 * The sizes take turns, and the result of each is its best round, in processor time
 * of this thread: other work on the machine must not decide which is slower.
 *
 * Prints one line for each size: kib=… ns=… */
#include "pad/pad.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 21, EDITS = 20000, EDITS_A_TICK = 10 };

static struct subject {
    uint32_t kib;
    struct pad_limits limits;
    struct pad pad;
    struct pad_peer author;
    int64_t now_ms;
    double best_ns;
} subjects[] = {{.kib = 1}, {.kib = 256}, {.kib = 5 * 1024}};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static void must(enum error err)
{
    if (err) {
        fprintf(stderr, "bench_edit: error %d\n", (int)err);
        exit(1);
    }
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* xorshift: the same places in every run */
static uint32_t random_below(uint32_t bound)
{
    static uint32_t state = 2463534242;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % bound;
}

static void commit(struct pad *pad, struct pad_peer *author)
{
    static struct buf batch;
    buf_clear(&batch);
    must(pad_encode_batch(pad, &batch));
    pad_committed(pad, pad->revision);
    pad_told_history(author, pad->committed);
}

static void fill(struct pad *pad, struct pad_peer *author, uint32_t length, int64_t now_ms)
{
    struct op op = {0};
    char *text = malloc(length);
    if (!text)
        must(ERR_NO_MEMORY);
    memset(text, 'x', length);
    for (uint32_t i = 79; i < length; i += 80)
        text[i] = '\n';
    must(op_insert(&op, slice_of(text, length)));
    must(pad_edit(author, pad->revision, op_view(&op), now_ms));
    commit(pad, author);
    op_deinit(&op);
    free(text);
}

static void edit_once(struct pad *pad, struct pad_peer *author, bool insert, int64_t now_ms)
{
    static struct op op;
    uint32_t length = rope_size(&pad->text).points;
    uint32_t at = random_below(length);
    op_clear(&op);
    must(op_retain(&op, at));
    must(insert ? op_insert(&op, SLICE("x")) : op_delete(&op, 1));
    must(op_retain(&op, length - at - !insert));
    must(pad_edit(author, pad->revision, op_view(&op), now_ms));
}

static void set_up(struct subject *s)
{
    struct pad_hello hello = {.version = PAD_V2, .token = {{2}}, .name = SLICE("bench")};
    struct pad_welcome welcome;
    s->limits = pad_limits_default(s->kib * 1024 + 4096);
    pad_init(&s->pad, &s->limits, (struct id128){{1}});
    must(pad_join(&s->pad, &s->author, &hello, s->now_ms, &welcome));
    fill(&s->pad, &s->author, s->kib * 1024, s->now_ms);
}

static void run_round(struct subject *s)
{
    int64_t began = now_ns();
    for (int i = 0; i < EDITS; i++) {
        edit_once(&s->pad, &s->author, i % 2 == 0, s->now_ms);
        if ((i + 1) % EDITS_A_TICK == 0)
            commit(&s->pad, &s->author);
    }
    double each_ns = (double)(now_ns() - began) / EDITS;
    if (s->best_ns == 0 || each_ns < s->best_ns)
        s->best_ns = each_ns;
    s->now_ms += 60000;
    pad_tick(&s->pad, s->now_ms);
}

int main(void)
{
    for (size_t i = 0; i < SUBJECTS; i++)
        set_up(&subjects[i]);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < SUBJECTS; i++)
            run_round(&subjects[i]);
    for (size_t i = 0; i < SUBJECTS; i++) {
        printf("kib=%u ns=%.0f\n", subjects[i].kib, subjects[i].best_ns);
        pad_leave(&subjects[i].author, subjects[i].now_ms);
        pad_deinit(&subjects[i].pad);
    }
    return 0;
}
