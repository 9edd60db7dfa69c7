/* link: kp_observe kp_proto faulty_alloc */
#include "observe/histogram.h"
#include "observe/metrics.h"
#include "observe/process.h"
#include "support/alloc_faulty.h"
#include "support/repository_file.h"
#include "support/unit.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <unistd.h>

#define NOW_MS INT64_C(1767268800000)

static struct buf out;

static json_t *stats(void)
{
    json_error_t why;

    buf_clear(&out);
    assert_int_equal(metrics_json(&out), OK);
    json_t *object = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, &why);
    if (!object)
        fail_msg("%s at %d", why.text, why.position);
    return object;
}

static const char *prometheus(bool bare_names)
{
    buf_clear(&out);
    assert_int_equal(metrics_prometheus(&out, bare_names), OK);
    assert_int_equal(buf_append_byte(&out, 0), OK);
    return out.ptr;
}

static void assert_has(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("no %sin\n%s", line, text);
}

static double number(json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_number(value))
        fail_msg("%s is no number", name);
    return json_number_value(value);
}

/* ---- counting ---- */

static void *count_a_lot(void *arg)
{
    for (int i = 0; i < 10000; i++)
        metric_inc(METRIC_EDITS);
    return arg;
}

static void test_threads_count_together(void **state)
{
    const int64_t before = metric_get(METRIC_EDITS);
    pthread_t threads[4];
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_a_lot, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(metric_get(METRIC_EDITS) - before, 40000);
    metric_set(METRIC_USERS, 5);
    metric_add(METRIC_USERS, -2);
    assert_int_equal(metric_get(METRIC_USERS), 3);
}

static void test_snapshots_of_the_last_minute(void **state)
{
    (void)state;
    metric_snapshot_written(NOW_MS);
    metric_snapshot_written(NOW_MS + 500);
    metric_snapshot_written(NOW_MS + 30000);
    metrics_refresh(NOW_MS + 30000);
    assert_int_equal(metric_get(METRIC_DB_WRITES_MINUTE), 3);
    metrics_refresh(NOW_MS + 59999);
    assert_int_equal(metric_get(METRIC_DB_WRITES_MINUTE), 3);
    metrics_refresh(NOW_MS + 60000);
    assert_int_equal(metric_get(METRIC_DB_WRITES_MINUTE), 1);
    metric_snapshot_written(NOW_MS + 60000); /* where the first two were counted */
    metrics_refresh(NOW_MS + 60000);
    assert_int_equal(metric_get(METRIC_DB_WRITES_MINUTE), 2);
    metrics_refresh(NOW_MS + 150000);
    assert_int_equal(metric_get(METRIC_DB_WRITES_MINUTE), 0);
}

static void test_what_the_system_says(void **state)
{
    const int64_t files = (metrics_refresh(NOW_MS), metric_get(METRIC_OPEN_FILES));
    const int extra = open("/dev/null", O_RDONLY);
    (void)state;

    metric_set(METRIC_CONNECTIONS, 100);
    metric_set(METRIC_PERSISTERS, 10);
    metrics_start(NOW_MS, NOW_MS, "1.0.0", "abc1234");
    metrics_refresh(NOW_MS + 86400000);
    assert_int_equal(metric_get(METRIC_OPEN_FILES), files + 1);
    close(extra);
    assert_int_equal(metric_get(METRIC_UPTIME), 86400);
    assert_int_equal(metric_get(METRIC_START_TIME), NOW_MS / 1000);
    assert_true(metric_get(METRIC_TASKS) >= 111);
    assert_true(metric_get(METRIC_MEMORY) > 1 << 20);
    assert_true(metric_get(METRIC_MEMORY_LIMIT) >= metric_get(METRIC_MEMORY) / 1024);
    assert_true(metric_get(METRIC_CPU) > 0);
    metrics_refresh(NOW_MS - 5000); /* the clock was set back */
    assert_int_equal(metric_get(METRIC_UPTIME), 0);
}

/* ---- histograms ---- */

static void test_a_bound_belongs_to_its_bucket(void **state)
{
    static struct histogram_counts h;
    (void)state;

    histogram_count(&h, 0);
    histogram_count(&h, 10);
    histogram_count(&h, 11);
    histogram_count(&h, 10000000);
    histogram_count(&h, 10000001);
    const struct histogram_view v = histogram_look(&h);
    assert_int_equal(v.buckets[0], 2);
    assert_int_equal(v.buckets[1], 1);
    assert_int_equal(v.buckets[HISTOGRAM_BUCKETS - 1], 1);
    assert_int_equal(v.buckets[HISTOGRAM_BUCKETS], 1);
    assert_int_equal(v.count, 5);
    assert_int_equal(v.sum_us, 20000022);
}

static bool is_near(double a, double b)
{
    return a - b < 0.001 && b - a < 0.001;
}

static void test_quantiles(void **state)
{
    struct histogram_view v = {0};
    (void)state;

    assert_true(is_near(histogram_quantile_us(&v, 0.5), 0));
    v.count = v.buckets[3] = 100; /* all between 50 and 100 µs */
    assert_true(is_near(histogram_quantile_us(&v, 0.5), 75));
    assert_true(is_near(histogram_quantile_us(&v, 1), 100));
    v.count = 200;
    v.buckets[HISTOGRAM_BUCKETS] = 100; /* and as many beyond all bounds */
    assert_true(is_near(histogram_quantile_us(&v, 0.5), 100));
    assert_true(is_near(histogram_quantile_us(&v, 0.99), 10000000));
}

/* ---- /api/stats ---- */

static void test_stats_hold_every_name(void **state)
{
    json_t *s = stats();
    (void)state;

#define X(constant, name, type, help) number(s, name);
    METRIC_TABLE(X)
#undef X
#define X(constant, name, help) assert_true(json_is_object(json_object_get(s, name)));
    HISTOGRAM_TABLE(X)
#undef X
    json_decref(s);
}

static void test_stats_as_the_founding_document_shows_them(void **state)
{
    (void)state;
    metrics_start(NOW_MS, NOW_MS, "1.0.0", "abc1234");
    metric_set(METRIC_DOCUMENTS, 42);
    metric_set(METRIC_PERSISTERS, 41);
    metric_set(METRIC_CONNECTIONS, 108);
    metric_set(METRIC_MEMORY, 70464307); /* 67.2 MiB */
    metric_set(METRIC_TASKS, 156);
    metric_set(METRIC_DB_WRITES, 1234);
    metric_set(METRIC_DB_WRITES_MINUTE, 2);
    metric_set(METRIC_PERSIST_ERRORS, 3);
    metric_set(METRIC_UPTIME, 86400);
    metric_set(METRIC_STORED_DOCUMENTS, 7);
    metric_set(METRIC_DATABASE_SIZE, 4096);
    metric_set(METRIC_CPU, 1234);
    json_t *s = stats();
    assert_int_equal(number(s, "documents_in_memory"), 42);
    assert_int_equal(number(s, "active_persisters"), 41);
    assert_int_equal(number(s, "websocket_connections"), 108);
    assert_int_equal(number(s, "goroutine_count"), 156);
    assert_int_equal(number(s, "db_writes_total"), 1234);
    assert_int_equal(number(s, "persist_errors"), 3);
    assert_int_equal(number(s, "uptime_seconds"), 86400);
    assert_int_equal(number(s, "start_time"), NOW_MS / 1000);
    assert_int_equal(number(s, "documents_stored"), 7);
    assert_int_equal(number(s, "database_bytes"), 4096);
    assert_int_equal(number(s, "num_documents"), 42);
    assert_int_equal(number(s, "database_size"), 7);
    assert_string_equal(json_string_value(json_object_get(s, "version")), "1.0.0");
    assert_string_equal(json_string_value(json_object_get(s, "commit")), "abc1234");
    json_decref(s);
    assert_int_equal(buf_append_byte(&out, 0), OK);
    assert_has(out.ptr, "\"memory_usage_mb\":67.2,");
    assert_has(out.ptr, "\"db_writes_per_minute\":2.0,");
    assert_has(out.ptr, "\"process_cpu_seconds_total\":1.234,");
}

static void test_stats_of_a_histogram(void **state)
{
    json_t *s = stats();
    (void)state;

    json_t *h = json_object_get(s, "persist_latency_seconds");
    assert_int_equal(number(h, "count"), 0);
    assert_null(json_object_get(h, "p50"));
    json_decref(s);
    for (int i = 0; i < 100; i++)
        histogram_observe(HISTOGRAM_PERSIST, 2300);
    s = stats();
    h = json_object_get(s, "persist_latency_seconds");
    assert_int_equal(number(h, "count"), 100);
    assert_true(is_near(number(h, "sum"), 0.23));
    assert_true(number(h, "p50") > 0.001 && number(h, "p50") < 0.0025);
    assert_true(number(h, "p99") > number(h, "p50") && number(h, "p99") <= 0.0025);
    json_decref(s);
}

static void test_refusals_by_reason(void **state)
{
    json_t *s = stats();
    const double before = number(s, "rejected_total");
    const double internal = number(json_object_get(s, "rejected"), "internal");
    (void)state;

    json_decref(s);
    metric_rejected(ERR_RATE_LIMITED);
    metric_rejected(ERR_RATE_LIMITED);
    metric_rejected((enum error)12345);
    metric_rejected(OK);
    s = stats();
    assert_true(is_near(number(s, "rejected_total"), before + 4));
    assert_int_equal(number(json_object_get(s, "rejected"), "rate_limited"), 2);
    assert_true(is_near(number(json_object_get(s, "rejected"), "internal"), internal + 2));
    json_decref(s);
    assert_has(prometheus(false), "\nkolabpad_rejected_total{reason=\"rate_limited\"} 2\n");
}

/* ---- Prometheus ---- */

static void test_prometheus(void **state)
{
    (void)state;
    metrics_start(NOW_MS, NOW_MS, "1.0.0", "abc1234");
    metric_set(METRIC_DOCUMENTS, 42);
    metric_set(METRIC_CPU, 1234);
    const char *text = prometheus(false);
    assert_has(text, "# HELP kolabpad_documents_in_memory Documents loaded in memory\n"
                     "# TYPE kolabpad_documents_in_memory gauge\n"
                     "kolabpad_documents_in_memory 42\n");
    assert_has(text, "# TYPE kolabpad_db_writes_total counter\n");
    assert_has(text, "\nkolabpad_process_cpu_seconds_total 1.234\n");
    assert_has(text, "\nkolabpad_build_info{version=\"1.0.0\",commit=\"abc1234\"} 1\n");
    assert_has(text, "# TYPE kolabpad_edit_apply_seconds histogram\n"
                     "kolabpad_edit_apply_seconds_bucket{le=\"0.000010\"} 0\n");
    assert_null(strstr(text, "\ndocuments_in_memory "));
    assert_has(prometheus(true), "\n# TYPE documents_in_memory gauge\ndocuments_in_memory 42\n");
}

static void test_histogram_buckets_are_cumulative(void **state)
{
    (void)state;
    histogram_observe(HISTOGRAM_FANOUT, 5);
    histogram_observe(HISTOGRAM_FANOUT, 700);
    histogram_observe(HISTOGRAM_FANOUT, 99000000);
    const char *text = prometheus(false);
    assert_has(text, "kolabpad_fanout_seconds_bucket{le=\"0.000500\"} 1\n"
                     "kolabpad_fanout_seconds_bucket{le=\"0.001000\"} 2\n");
    assert_has(text, "kolabpad_fanout_seconds_bucket{le=\"10.000000\"} 2\n"
                     "kolabpad_fanout_seconds_bucket{le=\"+Inf\"} 3\n"
                     "kolabpad_fanout_seconds_sum 99.000705\n"
                     "kolabpad_fanout_seconds_count 3\n");
}

/* The format: every sample stands below the TYPE of its own family, no family
 * comes twice, names and values are well-formed. */
static void test_prometheus_is_well_formed(void **state)
{
    char family[128] = "", *rest = NULL;
    char *text = strdup(prometheus(true)), *seen = calloc(1, 65536);
    (void)state;

    for (char *row = strtok_r(text, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        char type[32], quoted[160];
        if (strncmp(row, "# HELP ", 7) == 0)
            continue;
        if (sscanf(row, "# TYPE %127s %31s", family, type) == 2) {
            snprintf(quoted, sizeof quoted, " %s ", family);
            assert_null(strstr(seen, quoted));
            strcat(seen, quoted);
            continue;
        }
        const size_t name = strspn(row, "abcdefghijklmnopqrstuvwxyz_");
        assert_true(name >= strlen(family) && strncmp(row, family, strlen(family)) == 0);
        assert_true(row[name] == ' ' || row[name] == '{');
        char *end, *value = strrchr(row, ' ') + 1;
        strtod(value, &end);
        assert_true(end > value && *end == '\0');
    }
    free(seen);
    free(text);
}

/* ---- both ---- */

static void test_every_allocation_may_fail(void **state)
{
    size_t nth = 0;
    enum error err;
    (void)state;

    do {
        buf_deinit(&out);
        alloc_fail_from(++nth);
        err = metrics_json(&out);
        alloc_fail_from(0);
    } while (err == ERR_NO_MEMORY);
    assert_int_equal(err, OK);
    assert_true(nth > 3);
}

static void test_the_documentation_is_complete(void **state)
{
    (void)state;
    buf_clear(&out);
    assert_int_equal(metrics_markdown(&out), OK);
    assert_repository_file("docs/metrics.md", buf_slice(&out));
}

static int let_go(void **state)
{
    (void)state;
    buf_deinit(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_count_together),
        cmocka_unit_test(test_snapshots_of_the_last_minute),
        cmocka_unit_test(test_what_the_system_says),
        cmocka_unit_test(test_a_bound_belongs_to_its_bucket),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_stats_hold_every_name),
        cmocka_unit_test(test_stats_as_the_founding_document_shows_them),
        cmocka_unit_test(test_stats_of_a_histogram),
        cmocka_unit_test(test_refusals_by_reason),
        cmocka_unit_test(test_prometheus),
        cmocka_unit_test(test_histogram_buckets_are_cumulative),
        cmocka_unit_test(test_prometheus_is_well_formed),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_the_documentation_is_complete),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, let_go);
}
