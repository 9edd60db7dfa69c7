/* link: kp_pad kp_alloc */
/* Storage that holds anything at all: pad_restore builds a whole pad of it or
 * says ERR_STORAGE.
 *
 * The pad that comes back is used by people of both orders; what they write is
 * read again with their orders.
 *
 * The input is cut into fields, each with a length in front: text, clients,
 * batches. Their revisions come from single bytes, so that they often fit. */
#include "pad/batch.h"
#include "pad/pad_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCHES_MAX = 8 };

static struct slice input;

static uint8_t take_byte(void)
{
    if (input.len == 0)
        return 0;
    const uint8_t byte = (uint8_t)input.ptr[0];
    input = slice_from(input, 1);
    return byte;
}

static struct slice take_field(void)
{
    const size_t wanted = (size_t)take_byte() << 8 | take_byte();
    const size_t len = wanted < input.len ? wanted : input.len;
    const struct slice field = slice_of(input.ptr, len);
    input = slice_from(input, len);
    return field;
}

static void must_be_whole(const struct pad *pad)
{
    const char *wrong = pad_check(pad);
    if (!wrong)
        return;
    fprintf(stderr, "pad_check: %s\n", wrong);
    abort();
}

/* The batch says of its one operation what the pad's history says. */
static void must_be_read_again(const struct pad *pad, struct slice batch)
{
    const struct history_entry entry = history_at(&pad->history, pad->revision - 1);
    struct batch_reader reader;
    struct batch_operation read;
    if (entry.author.user_id > PAD_USER_ID_MAX) /* storage said that every id is given away */
        return;
    if (batch_open(batch, &reader) || batch_next(&reader, &read) || !batch_is_done(&reader) ||
        read.author.user_id != entry.author.user_id || read.author.order != entry.author.order ||
        !op_equal(read.op, entry.op))
        abort();
}

/* The pad works: someone joins, edits, and the edit is journaled. */
static void use(struct pad *pad, const struct pad_hello *hello)
{
    struct pad_peer peer = {0};
    struct pad_welcome welcome;
    struct op op = {0};
    struct buf batch = {0};
    if (pad_join(pad, &peer, hello, 1000, &welcome) || op_insert(&op, SLICE("x")) ||
        op_retain(&op, rope_size(&pad->text).points))
        abort();
    if (pad_edit(&peer, pad_revision_for(&peer, pad->revision), op_view(&op), 2000) ||
        pad_encode_batch(pad, &batch))
        abort();
    must_be_read_again(pad, buf_slice(&batch));
    pad_committed(pad, pad->revision);
    must_be_whole(pad);
    pad_leave(&peer, 3000);
    pad_rest(pad, 4000);
    must_be_whole(pad);
    op_deinit(&op);
    buf_deinit(&batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pad_epoch epochs[] = {{{{1}}, 0}, {{{2}}, 1}};
    struct pad_stored_batch batches[BATCHES_MAX];
    struct pad_limits limits = pad_limits_default(1 << 20);
    struct pad pad;
    input = slice_of(data, size);
    limits.history_bytes = 64;
    struct pad_stored stored = {
        .revision = take_byte(),
        .text = take_field(),
        .clients = take_field(),
        .epochs = epochs,
        .batches = batches,
        .batch_count = take_byte() % BATCHES_MAX,
    };
    stored.epoch_count = take_byte() % 3;
    for (size_t i = 0; i < stored.batch_count; i++) {
        batches[i].first_revision = take_byte();
        take_byte(), take_byte(); /* the corpus has two bytes here that mean nothing any more */
        batches[i].batch = take_field();
    }
    const enum error err = pad_restore(&pad, &limits, &stored, (struct id128){{3}}, INT64_C(1) << 41);
    if (err != OK && err != ERR_STORAGE)
        abort();
    must_be_whole(&pad);
    use(&pad, &(struct pad_hello){.version = PAD_V1});
    use(&pad,
        &(struct pad_hello){.version = PAD_V2, .token = {{4}}, .name = SLICE("x"), .order = PAD_BY_AUTHOR});
    pad_deinit(&pad);
    return 0;
}
