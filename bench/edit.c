/* edit.c - what an edit of one character costs inside the server.
 *
 * Drives a pad (src/pad/pad.h) as a shard does, without sockets and storage:
 * the edit, the batch for the journal, the commit, the history for the author.
 * Edits go to random places, which is the worst case for caches; every other
 * one deletes a character, so that the text keeps its length.
 *
 * Prints one line for each size: kib=… ns=… (the median of the rounds). */
#include "pad/pad.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, EDITS = 20000, EDITS_A_TICK = 10 };

static const uint32_t sizes_kib[] = {1, 256, 5 * 1024};

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
    clock_gettime(CLOCK_MONOTONIC, &t);
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

/* Nanoseconds of one edit. */
static double run_round(struct pad *pad, struct pad_peer *author, int64_t *now_ms)
{
    int64_t began = now_ns();
    for (int i = 0; i < EDITS; i++) {
        edit_once(pad, author, i % 2 == 0, *now_ms);
        if ((i + 1) % EDITS_A_TICK == 0)
            commit(pad, author);
    }
    double each = (double)(now_ns() - began) / EDITS;
    *now_ms += 60000;
    pad_tick(pad, *now_ms);
    return each;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure(uint32_t length)
{
    struct pad_limits limits = pad_limits_default(length + 4096);
    struct pad pad;
    struct pad_peer author = {0};
    struct pad_welcome welcome;
    int64_t now_ms = 1;
    double rounds[ROUNDS];
    pad_init(&pad, &limits, (struct id128){{1}});
    must(pad_join(&pad, &author,
                  &(struct pad_hello){.version = PAD_V2, .token = {{2}}, .name = SLICE("bench")}, now_ms,
                  &welcome));
    fill(&pad, &author, length, now_ms);
    run_round(&pad, &author, &now_ms);
    for (int i = 0; i < ROUNDS; i++)
        rounds[i] = run_round(&pad, &author, &now_ms);
    pad_leave(&author, now_ms);
    pad_deinit(&pad);
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    return rounds[ROUNDS / 2];
}

int main(void)
{
    for (size_t i = 0; i < sizeof sizes_kib / sizeof *sizes_kib; i++)
        printf("kib=%u ns=%.0f\n", sizes_kib[i], measure(sizes_kib[i] * 1024));
    return 0;
}
