/* link: kp_archive kp_store kp_pad kp_core kp_alloc */
/* What is stored of the past may be anything: a damaged page, another program. Each reader gives
 * what there is or says ERR_STORAGE; what it gave can be written and read again. */
#include "archive/moment.h"
#include "archive/sittings.h"
#include "archive/walk.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void read_entries(struct slice bytes)
{
    struct archive_entry entry = {0};
    struct buf again = {0};
    int64_t time_ms = 0;
    uint64_t at = 0;
    while (bytes.len > 0 && entry_decode(&bytes, at, time_ms, &entry) == OK) {
        struct archive_entry copy;
        buf_clear(&again);
        must(entry_encode(&entry, time_ms, &again) == OK, "encode");
        struct slice encoded = buf_slice(&again);
        must(entry_decode(&encoded, at, time_ms, &copy) == OK && copy.end == entry.end &&
                 copy.author == entry.author && copy.time_ms == entry.time_ms,
             "an entry is another one when it is read again");
        at = entry.end;
        time_ms = entry.time_ms;
    }
    buf_deinit(&again);
}

static void read_runs(struct slice bytes)
{
    struct runs runs, again;
    struct buf encoded = {0};
    if (bytes.len == 0 || runs_decode(slice_from(bytes, 1), (uint8_t)bytes.ptr[0], &runs) != OK)
        return;
    must(runs_encode(&runs, &encoded) == OK, "encode");
    must(runs_decode(buf_slice(&encoded), (uint8_t)bytes.ptr[0], &again) == OK, "runs are not read again");
    must(runs_count(&runs) == runs_count(&again), "runs are others when they are read again");
    runs_deinit(&runs);
    runs_deinit(&again);
    buf_deinit(&encoded);
}

static void read_sittings(struct slice bytes)
{
    struct sittings sittings = {0};
    if (sittings_add_encoded(&sittings, bytes, 0) == OK)
        for (uint32_t i = 0; i < sittings.count; i++)
            must(sittings_at(&sittings, i)->author_count <= SITTING_AUTHORS_MAX, "too many authors");
    sittings_deinit(&sittings);
}

/* A row of the journal over an empty text, as somebody who brings a text back would read it. */
static void read_row(struct slice bytes)
{
    struct store_history_row row = {.end_revision = INT64_MAX, .batch = bytes};
    struct store_checkpoint empty = {.text = SLICE("")};
    struct store_history h = {
        .rows = &row, .row_count = 1, .checkpoints = &empty, .checkpoint_count = 1, .end = INT64_MAX};
    struct moment m;
    if (moment_reach(&m, &h, INT64_MAX, true) != OK)
        return;
    uint32_t points = 0;
    for (uint32_t i = 0; i < runs_count(&m.runs); i++)
        points += runs_at(&m.runs, i).points;
    must(points == rope_size(&m.text).points, "authors of another text");
    moment_end(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const READERS[])(struct slice) = {read_entries, read_runs, read_sittings, read_row};
    if (size == 0)
        return 0;
    READERS[data[0] % 4](slice_of((const char *)data + 1, size - 1));
    return 0;
}
