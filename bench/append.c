/* append.c - the cost of the store alone: transactions of so many rows, one after the other.
 *
 *     bench_append --rows N --milliseconds N [--bare 1] [--postmaster PID] URI
 *
 * Each transaction appends one row of 100 bytes to N of 1,000 documents in turn,
 * and the next one follows its answer. With --bare the rows go into a table of the same
 * kind on PostgreSQL by a plain INSERT, without the store: the yardstick of what its
 * statement costs. Prints one line, with processor time for each row:
 *     rows_per_s=… p50_us=… own_us=… postgres_us=… */
#include "client.h"
#include "options.h"
#include "process.h"
#include "store/postgres/connection.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { DOCUMENTS = 1000, BATCH_BYTES = 100, LATENCIES_MAX = 1 << 20 };
#define MS INT64_C(1000000)

static struct options options = {.rows = 10, .milliseconds = 3000};
static struct store *store;
static struct store_mailbox box;
static int woken; /* an eventfd */
static uint64_t ends[DOCUMENTS];
static uint32_t next_document;
static uint32_t latencies_us[LATENCIES_MAX];
static size_t latency_count;

static void wake(struct store_mailbox *mailbox)
{
    (void)mailbox;
    const uint64_t one = 1;
    if (write(woken, &one, sizeof one) != sizeof one)
        die("eventfd");
}

static struct store_request *make_append(uint32_t rows)
{
    static const char batch[BATCH_BYTES] = {1};
    struct store_request *req = store_request_new(STORE_APPEND, (struct slice){0});
    for (uint32_t i = 0; req && i < rows; i++) {
        uint32_t document = next_document++ % DOCUMENTS;
        char id[32];
        int len = snprintf(id, sizeof id, "row-%d-%u", (int)getpid(), document); /* nobody else's */
        if (store_request_add_row(req, slice_of(id, (size_t)len), ends[document], ends[document] + 1,
                                  slice_of(batch, sizeof batch)))
            die("no memory");
        req->rows[i].touch = ends[document]++ == 0;
    }
    if (!req)
        die("no memory");
    req->now_ms = INT64_C(1700000000000);
    req->reply_to = &box;
    return req;
}

static void append(uint32_t rows)
{
    struct link done;
    uint64_t count;
    list_init(&done);
    store_post(store, make_append(rows));
    while (list_is_empty(&done)) {
        if (read(woken, &count, sizeof count) != sizeof count)
            die("eventfd");
        store_take(store, &box, &done);
    }
    struct store_request *req = LIST_ITEM(done.next, struct store_request, link);
    for (uint32_t i = 0; i < req->row_count; i++)
        if (req->result || req->rows[i].outcome)
            die("a row was not written");
    store_request_free(req);
}

/* ---- the yardstick --------------------------------------------------------------- */

static const char *const BARE[] = {
    "INSERT INTO bare (document_id, first_revision, end_revision, time_ms, writer, batch)"
    " SELECT u.id, u.f, u.f + 1, $1::int8, $1::int8, u.b"
    " FROM unnest($2::text[], $3::int8[], $4::bytea[]) AS u (id, f, b)"};
static struct pg_config bare_config = {.statements = BARE, .statement_count = 1};
static struct pg_connection bare;

static void open_bare(const char *url)
{
    struct pg_config without = {.url = url};
    pg_init(&bare, &without);
    if (pg_open(&bare, "bench") ||
        pg_run_sql(&bare, "CREATE TABLE IF NOT EXISTS bare (LIKE kp_journal INCLUDING ALL)"))
        die("%s", bare.why);
    pg_close(&bare);
    bare_config.url = url;
    pg_init(&bare, &bare_config);
    if (pg_open(&bare, "bench"))
        die("%s", bare.why);
}

static void insert_bare(uint32_t rows)
{
    static const char batch[BATCH_BYTES] = {1};
    static struct array ids, firsts, batches;
    struct parameters p = {0};
    uint64_t written = 0;
    array_begin(&ids, ARRAY_TEXT);
    array_begin(&firsts, ARRAY_INT8);
    array_begin(&batches, ARRAY_BYTEA);
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t document = next_document++ % DOCUMENTS;
        char id[32];
        int len = snprintf(id, sizeof id, "row-%d-%" PRIu32, (int)getpid(), document);
        array_add_bytes(&ids, slice_of(id, (size_t)len));
        array_add_int8(&firsts, (int64_t)ends[document]++);
        array_add_bytes(&batches, slice_of(batch, sizeof batch));
    }
    put_int8(&p, INT64_C(1700000000000));
    put_array(&p, &ids);
    put_array(&p, &firsts);
    put_array(&p, &batches);
    if (pg_run(&bare, 0, &p, &written) || written != rows)
        die("%s", bare.why);
}

/* ---- measuring ------------------------------------------------------------------- */

static void append_once(uint32_t rows)
{
    if (options.bare)
        insert_bare(rows);
    else
        append(rows);
}

static void append_for(int64_t duration_ns)
{
    latency_count = 0;
    for (int64_t now = now_ns(), end = now + duration_ns; now < end && latency_count < LATENCIES_MAX;) {
        append_once((uint32_t)options.rows);
        int64_t after = now_ns();
        latencies_us[latency_count++] = (uint32_t)((after - now) / 1000);
        now = after;
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void measure(void)
{
    pid_t postmaster = (pid_t)options.postmaster;
    append_once(DOCUMENTS);
    append_for(200 * MS);
    int64_t own = process_cpu_ns(getpid()), began = now_ns();
    int64_t postgres = postmaster ? process_family_cpu_ns(postmaster) : 0;
    append_for((int64_t)options.milliseconds * MS);
    own = process_cpu_ns(getpid()) - own;
    postgres = postmaster ? process_family_cpu_ns(postmaster) - postgres : 0;
    double seconds = (double)(now_ns() - began) / 1e9, rows = (double)(latency_count * options.rows);
    qsort(latencies_us, latency_count, sizeof *latencies_us, by_size);
    printf("rows_per_s=%.0f p50_us=%u own_us=%.2f postgres_us=%.2f\n", rows / seconds,
           latencies_us[latency_count / 2], (double)own / 1e3 / rows, (double)postgres / 1e3 / rows);
}

static void open_store(const char *uri)
{
    char message[512];
    struct store_config config = {.uri = slice_from_cstr(uri), .durability = STORE_JOURNAL};
    woken = eventfd(0, EFD_CLOEXEC);
    store_mailbox_init(&box, wake, NULL);
    if (woken < 0 || store_open(&config, &store, message))
        die("%s", woken < 0 ? "eventfd" : message);
}

int main(int argc, char **argv)
{
    int uri = options_read(argc, argv, &options);
    if (uri + 1 != argc || options.rows == 0 || options.rows > DOCUMENTS)
        die("usage: bench_append --rows N --milliseconds N [--bare 1] [--postmaster PID] URI");
    if (options.bare)
        open_bare(argv[uri]);
    else
        open_store(argv[uri]);
    measure();
    if (options.bare)
        pg_close(&bare);
    else
        store_close(store, 1000);
    return 0;
}
