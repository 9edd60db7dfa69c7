#include "observe/metrics.h"

#include "base/json.h"
#include "observe/histogram.h"
#include "observe/log.h"
#include "observe/process.h"

#include <pthread.h>

enum { MINUTE_S = 60, MS_PER_SECOND = 1000, US_DECIMALS = 6, CACHE_LINE = 64, MEMORY_LIMIT_FRESH_MS = 60000 };

enum metric_type { COUNTER, GAUGE, COUNTER_MS, GAUGE_MS };

static const struct metric_row {
    const char *name, *help;
    enum metric_type type;
} metric_rows[METRIC_COUNT] = {
#define X(constant, row_name, row_type, row_help) [constant] = {row_name, row_help, row_type},
    METRIC_TABLE(X)
#undef X
};

static const struct histogram_row {
    const char *name, *help;
} histogram_rows[HISTOGRAM_COUNT] = {
#define X(constant, row_name, row_help) [constant] = {row_name, row_help},
    HISTOGRAM_TABLE(X)
#undef X
};

static const struct metric_row rejected_row = {"rejected_total",
                                               "Refused edits, requests and connections, by reason", COUNTER};
static const struct metric_row build_row = {
    "build_info", "Always 1; its labels are the version and the commit of this server", GAUGE};

/* The founding document's shorter names in /api/stats, and Rustpad's: its clients and
 * monitors read start_time, num_documents and database_size, which counts documents. */
static const struct {
    const char *name;
    enum metric metric;
} short_names[] = {
    {"active_persisters", METRIC_PERSISTERS},   {"websocket_connections", METRIC_CONNECTIONS},
    {"persist_errors", METRIC_PERSIST_ERRORS},  {"num_documents", METRIC_DOCUMENTS},
    {"database_size", METRIC_STORED_DOCUMENTS},
};

/* Each on a cache line of its own: shards count without disturbing each other. */
static struct {
    _Alignas(CACHE_LINE) atomic_llong value;
} values[METRIC_COUNT];
static struct histogram_counts histograms[HISTOGRAM_COUNT];
static atomic_ullong rejected[ERROR_COUNT];

static struct {
    int64_t start_ms;
    const char *version, *commit;
} server = {.version = "", .commit = ""};

/* Snapshots written in each second of the last minute. */
static struct {
    pthread_mutex_t lock;
    int64_t second[MINUTE_S]; /* which second the count at that place is of */
    uint32_t count[MINUTE_S];
} minute = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- counting ---- */

void metric_add(enum metric m, int64_t delta)
{
    atomic_fetch_add_explicit(&values[m].value, delta, memory_order_relaxed);
}

void metric_set(enum metric m, int64_t value)
{
    atomic_store_explicit(&values[m].value, value, memory_order_relaxed);
}

int64_t metric_get(enum metric m)
{
    return atomic_load_explicit(&values[m].value, memory_order_relaxed);
}

void histogram_observe(enum histogram h, uint64_t microseconds)
{
    histogram_count(&histograms[h], microseconds);
}

void metric_rejected(enum error reason)
{
    const bool known = reason > OK && reason < ERROR_COUNT;

    atomic_fetch_add_explicit(&rejected[known ? reason : ERR_INTERNAL], 1, memory_order_relaxed);
}

static uint64_t rejected_for(int reason)
{
    return atomic_load_explicit(&rejected[reason], memory_order_relaxed);
}

void metric_snapshot_written(int64_t now_ms)
{
    const int64_t second = now_ms / MS_PER_SECOND;
    const size_t place = (size_t)(second % MINUTE_S);

    pthread_mutex_lock(&minute.lock);
    if (minute.second[place] != second) {
        minute.second[place] = second;
        minute.count[place] = 0;
    }
    minute.count[place]++;
    pthread_mutex_unlock(&minute.lock);
}

/* Places that hold a second of an earlier minute do not count. */
static int64_t snapshots_last_minute(int64_t now_ms)
{
    const int64_t now_s = now_ms / MS_PER_SECOND;
    int64_t sum = 0;

    pthread_mutex_lock(&minute.lock);
    for (size_t i = 0; i < MINUTE_S; i++)
        if (minute.second[i] > now_s - MINUTE_S && minute.second[i] <= now_s)
            sum += minute.count[i];
    pthread_mutex_unlock(&minute.lock);
    return sum;
}

void metrics_start(int64_t now_ms, int64_t wall_ms, const char *version, const char *commit)
{
    server.start_ms = now_ms;
    server.version = version;
    server.commit = commit;
    metric_set(METRIC_START_TIME, wall_ms / MS_PER_SECOND);
}

/* Reading the limit takes half a dozen files, and it hardly ever changes: it is read
 * once a minute. */
static int64_t memory_limit(int64_t now_ms)
{
    static atomic_llong read_ms = -MEMORY_LIMIT_FRESH_MS;
    const int64_t age_ms = now_ms - atomic_load_explicit(&read_ms, memory_order_relaxed);

    if (age_ms >= 0 && age_ms < MEMORY_LIMIT_FRESH_MS && metric_get(METRIC_MEMORY_LIMIT) > 0)
        return metric_get(METRIC_MEMORY_LIMIT);
    atomic_store_explicit(&read_ms, now_ms, memory_order_relaxed);
    return (int64_t)process_memory_limit_bytes();
}

void metrics_refresh(int64_t now_ms)
{
    const int64_t up_ms = now_ms - server.start_ms;

    metric_set(METRIC_MEMORY, (int64_t)process_memory_bytes());
    metric_set(METRIC_MEMORY_LIMIT, memory_limit(now_ms));
    metric_set(METRIC_CPU, (int64_t)process_cpu_ms());
    metric_set(METRIC_OPEN_FILES, (int64_t)process_open_files());
    metric_set(METRIC_TASKS,
               (int64_t)process_threads() + metric_get(METRIC_CONNECTIONS) + metric_get(METRIC_PERSISTERS));
    metric_set(METRIC_UPTIME, up_ms > 0 ? up_ms / MS_PER_SECOND : 0);
    metric_set(METRIC_LOG_DROPPED, (int64_t)log_dropped());
    metric_set(METRIC_DB_WRITES_MINUTE, snapshots_last_minute(now_ms));
}

/* ---- as JSON ---- */

static void write_seconds(struct json *j, uint64_t us)
{
    json_fixed(j, (double)us / 1e6, US_DECIMALS);
}

static void write_value(struct json *j, enum metric m)
{
    if (metric_rows[m].type == COUNTER_MS || metric_rows[m].type == GAUGE_MS)
        json_fixed(j, (double)metric_get(m) / MS_PER_SECOND, 3);
    else
        json_int(j, metric_get(m));
}

static void write_key(struct json *j, const char *name)
{
    json_raw(j, ",\"");
    json_raw(j, name);
    json_raw(j, "\":");
}

static void write_json_histogram(struct json *j, enum histogram h)
{
    const struct histogram_view v = histogram_look(&histograms[h]);

    write_key(j, histogram_rows[h].name);
    json_raw(j, "{\"count\":");
    json_uint(j, v.count);
    write_key(j, "sum");
    write_seconds(j, v.sum_us);
    if (v.count > 0) {
        write_key(j, "p50");
        json_fixed(j, histogram_quantile_us(&v, 0.50) / 1e6, US_DECIMALS);
        write_key(j, "p99");
        json_fixed(j, histogram_quantile_us(&v, 0.99) / 1e6, US_DECIMALS);
    }
    json_raw(j, "}");
}

/* The sum under the table's name, and what it is made of. */
static void write_json_rejected(struct json *j)
{
    const char *before = "{";
    uint64_t sum = 0;

    for (int reason = OK + 1; reason < ERROR_COUNT; reason++)
        sum += rejected_for(reason);
    write_key(j, rejected_row.name);
    json_uint(j, sum);
    write_key(j, "rejected");
    for (int reason = OK + 1; reason < ERROR_COUNT; reason++, before = ",") {
        json_raw(j, before);
        json_quoted(j, slice_from_cstr(error_code((enum error)reason)));
        json_raw(j, ":");
        json_uint(j, rejected_for(reason));
    }
    json_raw(j, "}");
}

static void write_json_metric(struct json *j, enum metric m)
{
    write_key(j, metric_rows[m].name);
    if (m == METRIC_DB_WRITES_MINUTE)
        json_fixed(j, (double)metric_get(m), 1);
    else
        write_value(j, m);
}

enum error metrics_json(struct buf *out)
{
    struct json j = json_to(out);

    json_raw(&j, "{\"version\":");
    json_quoted(&j, slice_from_cstr(server.version));
    write_key(&j, "commit");
    json_quoted(&j, slice_from_cstr(server.commit));
    for (int m = 0; m < METRIC_COUNT; m++)
        write_json_metric(&j, (enum metric)m);
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
        write_key(&j, short_names[i].name);
        write_value(&j, short_names[i].metric);
    }
    write_key(&j, "memory_usage_mb");
    json_fixed(&j, (double)metric_get(METRIC_MEMORY) / (1024 * 1024), 1);
    for (int h = 0; h < HISTOGRAM_COUNT; h++)
        write_json_histogram(&j, (enum histogram)h);
    write_json_rejected(&j);
    json_raw(&j, "}\n");
    return json_error(&j);
}

/* ---- as Prometheus text ---- */

/* The JSON writer is used for Prometheus as well: strings and numbers are the same. */
static void write_name(struct json *j, const char *prefix, const char *name, const char *suffix)
{
    json_raw(j, prefix);
    json_raw(j, name);
    json_raw(j, suffix);
}

static void write_head(struct json *j, const char *prefix, const char *name, const char *type,
                       const char *help)
{
    write_name(j, "# HELP ", prefix, name);
    write_name(j, " ", help, "\n");
    write_name(j, "# TYPE ", prefix, name);
    write_name(j, " ", type, "\n");
}

static const char *type_name(enum metric_type type)
{
    return type == GAUGE || type == GAUGE_MS ? "gauge" : "counter";
}

static void write_metric(struct json *j, const char *prefix, enum metric m)
{
    const struct metric_row *row = &metric_rows[m];

    write_head(j, prefix, row->name, type_name(row->type), row->help);
    write_name(j, prefix, row->name, " ");
    write_value(j, m);
    json_raw(j, "\n");
}

static void write_histogram(struct json *j, const char *prefix, enum histogram h)
{
    const struct histogram_view v = histogram_look(&histograms[h]);
    const char *name = histogram_rows[h].name;
    uint64_t up_to_here = 0;

    write_head(j, prefix, name, "histogram", histogram_rows[h].help);
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        up_to_here += v.buckets[i];
        write_name(j, prefix, name, "_bucket{le=\"");
        write_seconds(j, histogram_bounds_us[i]);
        json_raw(j, "\"} ");
        json_uint(j, up_to_here);
        json_raw(j, "\n");
    }
    write_name(j, prefix, name, "_bucket{le=\"+Inf\"} ");
    json_uint(j, v.count);
    json_raw(j, "\n");
    write_name(j, prefix, name, "_sum ");
    write_seconds(j, v.sum_us);
    json_raw(j, "\n");
    write_name(j, prefix, name, "_count ");
    json_uint(j, v.count);
    json_raw(j, "\n");
}

/* Writes every reason, those that never occurred too: rate() needs the zero before. */
static void write_rejected(struct json *j, const char *prefix)
{
    write_head(j, prefix, rejected_row.name, type_name(rejected_row.type), rejected_row.help);
    for (int reason = OK + 1; reason < ERROR_COUNT; reason++) {
        write_name(j, prefix, rejected_row.name, "{reason=\"");
        write_name(j, error_code((enum error)reason), "\"} ", "");
        json_uint(j, rejected_for(reason));
        json_raw(j, "\n");
    }
}

static void write_build(struct json *j, const char *prefix)
{
    write_head(j, prefix, build_row.name, type_name(build_row.type), build_row.help);
    write_name(j, prefix, build_row.name, "{version=");
    json_quoted(j, slice_from_cstr(server.version));
    json_raw(j, ",commit=");
    json_quoted(j, slice_from_cstr(server.commit));
    json_raw(j, "} 1\n");
}

static void write_all(struct json *j, const char *prefix)
{
    for (int m = 0; m < METRIC_COUNT; m++)
        write_metric(j, prefix, (enum metric)m);
    for (int h = 0; h < HISTOGRAM_COUNT; h++)
        write_histogram(j, prefix, (enum histogram)h);
    write_rejected(j, prefix);
    write_build(j, prefix);
}

enum error metrics_prometheus(struct buf *out, bool bare_names)
{
    struct json j = json_to(out);

    write_all(&j, "kolabpad_");
    if (bare_names)
        write_all(&j, "");
    return json_error(&j);
}

/* ---- as documentation ---- */

static void write_table_row(struct json *j, const char *name, const char *type, const char *help)
{
    write_name(j, "| `", name, "` | ");
    write_name(j, type, " | ", help);
    json_raw(j, " |\n");
}

enum error metrics_markdown(struct buf *out)
{
    struct json j = json_to(out);

    json_raw(
        &j,
        "# Metrics\n\n"
        "`GET /metrics` gives them in the Prometheus text format, and so does `GET /api/stats` when the\n"
        "`Accept` header asks for it; otherwise that is a JSON object. In Prometheus each name begins with\n"
        "`kolabpad_`; with `METRICS_BARE_NAMES=on` the names without it are there too.\n\n"
        "This page is made from the tables in `src/observe/metrics.h`, and a test compares the two;\n"
        "`KP_WRITE_DOCS=1 ctest -R metrics_test` writes it anew.\n\n"
        "| name | type | what |\n| --- | --- | --- |\n");
    for (int m = 0; m < METRIC_COUNT; m++)
        write_table_row(&j, metric_rows[m].name, type_name(metric_rows[m].type), metric_rows[m].help);
    for (int h = 0; h < HISTOGRAM_COUNT; h++)
        write_table_row(&j, histogram_rows[h].name, "histogram", histogram_rows[h].help);
    write_table_row(&j, "rejected_total{reason}", type_name(rejected_row.type), rejected_row.help);
    write_table_row(&j, "build_info{version,commit}", type_name(build_row.type), build_row.help);
    json_raw(
        &j,
        "\nThe reasons of `rejected_total` are the error codes of [the protocol](protocol.md).\n\n"
        "In JSON, `rejected_total` is the sum and `rejected` an object with a number for each reason;\n"
        "a histogram is `{\"count\":…,\"sum\":…,\"p50\":…,\"p99\":…}` in seconds, the last two as soon as\n"
        "there is something to tell; and these are there as well: `version`, `commit`,\n"
        "`active_persisters`, `websocket_connections`, `persist_errors`, `memory_usage_mb`, and as Rustpad\n"
        "has them `num_documents` (`documents_in_memory`) and `database_size` (`documents_stored`).\n\n"
        "`websocket_connections_total`, `active_persisters_count` and `goroutine_count` are gauges whose\n"
        "names say otherwise: alert rules in use know them by these names.\n");
    return json_error(&j);
}
