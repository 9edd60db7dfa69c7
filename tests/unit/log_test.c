/* link: kp_observe kp_proto kp_alloc */
#include "observe/log.h"
#include "observe/log_format.h"
#include "support/unit.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* 2026-01-01T12:00:00.123Z */
#define NOON_US (INT64_C(1767268800123456))

static char line[LOG_LINE_BYTES_MAX];

static struct slice format(enum log_format how, enum log_level level, struct slice message,
                           const struct log_field *fields, size_t count)
{
    const struct log_record record = {level, NOON_US, message, fields, count};
    const struct slice made = slice_of(line, log_format_record(how, &record, line));

    assert_in_range(made.len, 1, LOG_LINE_BYTES_MAX);
    assert_int_equal(made.ptr[made.len - 1], '\n');
    for (size_t i = 0; i + 1 < made.len; i++)
        assert_true((uint8_t)made.ptr[i] >= ' ' && made.ptr[i] != 0x7f);
    return made;
}

static void assert_line(struct slice actual, const char *expected)
{
    if (!slice_equal(actual, slice_from_cstr(expected)))
        fail_msg("\n%.*sinstead of\n%s", (int)actual.len, actual.ptr, expected);
}

/* ---- the line ---- */

static void test_text(void **state)
{
    const struct log_field persisted[] = {LOG_STR("docId", SLICE("abc123")),
                                          LOG_CSTR("reason", "idle_threshold"), LOG_UINT("revision", 42)};
    const struct log_field latency[] = {LOG_US("duration", 2345), LOG_INT("delta", -7),
                                        LOG_UINT("big", UINT64_MAX)};
    const struct log_field failed[] = {LOG_CSTR("error", "database locked")};
    (void)state;

    assert_line(format(LOG_TEXT, LOG_INFO, SLICE("persisted"), persisted, 3),
                "2026-01-01T12:00:00.123Z info: persisted docId=abc123 reason=idle_threshold revision=42\n");
    assert_line(format(LOG_TEXT, LOG_INFO, SLICE("Listening on :3030"), NULL, 0),
                "2026-01-01T12:00:00.123Z info: Listening on :3030\n");
    assert_line(
        format(LOG_TEXT, LOG_DEBUG, SLICE("persist_latency"), latency, 3),
        "2026-01-01T12:00:00.123Z debug: persist_latency duration=2.3ms delta=-7 big=18446744073709551615\n");
    assert_line(format(LOG_TEXT, LOG_ERROR, SLICE("database_write_failed"), failed, 1),
                "2026-01-01T12:00:00.123Z error: database_write_failed error=\"database locked\"\n");
    assert_line(format(LOG_TEXT, LOG_WARN, SLICE("careful"), NULL, 0),
                "2026-01-01T12:00:00.123Z warn: careful\n");
}

static void test_json(void **state)
{
    const struct log_field fields[] = {LOG_CSTR("docId", "abc123"), LOG_UINT("revision", 42),
                                       LOG_INT("delta", -7), LOG_US("latency", 2345)};
    (void)state;

    assert_line(format(LOG_JSON, LOG_INFO, SLICE("persisted"), fields, 4),
                "{\"level\":\"info\",\"ts\":1767268800.123,\"msg\":\"persisted\",\"docId\":\"abc123\","
                "\"revision\":42,\"delta\":-7,\"latency\":\"2.3ms\"}\n");
}

static void test_durations_are_rounded_to_a_tenth(void **state)
{
    static const struct {
        int64_t us;
        const char *shown;
    } cases[] = {{0, "0.0ms"}, {49, "0.0ms"}, {50, "0.1ms"}, {999, "1.0ms"}, {10000000, "10000.0ms"}};
    char expected[64];
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct log_field field = LOG_US("d", cases[i].us);
        snprintf(expected, sizeof expected, "2026-01-01T12:00:00.123Z info: x d=%s\n", cases[i].shown);
        assert_line(format(LOG_TEXT, LOG_INFO, SLICE("x"), &field, 1), expected);
    }
}

#define BYTES(literal)                                                                                       \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }

/* value, as text, as JSON */
static const struct {
    struct slice value;
    const char *text, *json;
} values[] = {
    {BYTES("plain"), "plain", "plain"},
    {BYTES(""), "\"\"", ""},
    {{NULL, 0}, "\"\"", ""},
    {BYTES("two words"), "\"two words\"", "two words"},
    {BYTES("a\"b"), "\"a\\\"b\"", "a\"b"},
    {BYTES("a\\b"), "\"a\\\\b\"", "a\\b"},
    {BYTES("a\nerror: forged"), "\"a\\nerror: forged\"", "a\nerror: forged"},
    {BYTES("tab\tcr\r"), "\"tab\\tcr\\u000d\"", "tab\tcr\r"},
    {BYTES("\x1b[31m"), "\"\\u001b[31m\"", "\x1b[31m"},
    {BYTES("\x7f"), "\"\\u007f\"", "\x7f"},
    {BYTES("Zoë😀"), "\"Zoë😀\"", "Zoë😀"},
    {BYTES("\xc2\x9b"), "\"\\u009b\"", "\xc2\x9b"},
    {BYTES("\xe2\x80\xae"), "\"\\u202e\"", "\xe2\x80\xae"},
    {BYTES("\xe2\x80\xa8"), "\"\\u2028\"", "\xe2\x80\xa8"},
    {BYTES("\xf3\xa0\x80\x81"), "\"\\U000e0001\"", "\xf3\xa0\x80\x81"},
    {BYTES("\xff\xc3"), "\"\\xff\\xc3\"", "\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES("\xc0\xaf"), "\"\\xc0\\xaf\"", "\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES("\xe0\x80\x80"), "\"\\xe0\\x80\\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

/* The date is that of the C library on every day of five centuries, at random times
 * of day. */
static void test_times(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 182622; day++) {
        const time_t seconds = (time_t)(day * 86400 + day * 7919 % 86400);
        const struct log_record record = {LOG_INFO, seconds * INT64_C(1000000) + 7999, SLICE("x"), NULL, 0};
        char expected[64];
        struct tm utc;
        gmtime_r(&seconds, &utc);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.007Z info: x\n", &utc);
        assert_line(slice_of(line, log_format_record(LOG_TEXT, &record, line)), expected);
    }
    const struct log_record early = {LOG_INFO, -1, SLICE("x"), NULL, 0};
    assert_line(slice_of(line, log_format_record(LOG_TEXT, &early, line)),
                "1970-01-01T00:00:00.000Z info: x\n");
}

static void test_values_are_escaped(void **state)
{
    char expected[128];
    (void)state;

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct log_field field = LOG_STR("v", values[i].value);
        snprintf(expected, sizeof expected, "2026-01-01T12:00:00.123Z info: x v=%s\n", values[i].text);
        assert_line(format(LOG_TEXT, LOG_INFO, SLICE("x"), &field, 1), expected);

        json_error_t why;
        const struct slice made = format(LOG_JSON, LOG_INFO, SLICE("x"), &field, 1);
        json_t *object = json_loadb(made.ptr, made.len, 0, &why);
        assert_string_equal(json_string_value(json_object_get(object, "v")), values[i].json);
        json_decref(object);
    }
}

/* A message is a sentence, so it is not quoted; but it stays on its line. */
static void test_messages_cannot_begin_a_line(void **state)
{
    (void)state;
    assert_line(format(LOG_TEXT, LOG_ERROR, SLICE("Disconnect reason: \"a\nb\x1b\""), NULL, 0),
                "2026-01-01T12:00:00.123Z error: Disconnect reason: \"a\\nb\\u001b\"\n");
}

static void test_long_values_are_cut_between_characters(void **state)
{
    char value[LOG_VALUE_BYTES_MAX + 10];
    struct log_field field = LOG_STR("v", slice_of(value, sizeof value));
    (void)state;

    memset(value, 'a', sizeof value);
    memcpy(value + LOG_VALUE_BYTES_MAX - 1, "\xc3\xab", 2); /* would reach one byte too far */
    const struct slice made = format(LOG_TEXT, LOG_INFO, SLICE("x"), &field, 1);
    assert_int_equal(made.len, strlen("2026-01-01T12:00:00.123Z info: x v=\"\"\n") + LOG_VALUE_BYTES_MAX - 1);
}

/* Any bytes make one line, and in JSON format JSON with whole fields. */
static void test_lines_that_would_be_too_long_lose_fields(void **state)
{
    static char worst[LOG_MESSAGE_BYTES_MAX * 2];
    struct log_field fields[40];
    json_error_t why;
    (void)state;

    memset(worst, 1, sizeof worst);
    for (size_t i = 0; i < 40; i++)
        fields[i] = LOG_STR("v", slice_of(worst, sizeof worst));
    for (size_t count = 0; count <= 40; count++) {
        struct slice made = format(LOG_TEXT, LOG_INFO, slice_of(worst, sizeof worst), fields, count);
        made = format(LOG_JSON, LOG_INFO, slice_of(worst, sizeof worst), fields, count);
        json_t *object = json_loadb(made.ptr, made.len, 0, &why);
        assert_non_null(object);
        assert_int_equal(json_string_length(json_object_get(object, "msg")), LOG_MESSAGE_BYTES_MAX);
        json_t *value = json_object_get(object, "v");
        assert_true(!value || json_string_length(value) == LOG_VALUE_BYTES_MAX);
        json_decref(object);
    }
}

/* ---- the log ---- */

static char folder[] = "/tmp/kolabpad-log-XXXXXX";
static char path[64], moved[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/log", folder);
    snprintf(moved, sizeof moved, "%s/log.1", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    log_close();
    unlink(path);
    unlink(moved);
    return rmdir(folder);
}

static void open_log(enum log_level level, enum log_format how)
{
    assert_int_equal(log_open(&(struct log_config){level, how, slice_from_cstr(path)}), OK);
}

/* The file's text, to be freed. */
static char *read_all(const char *name)
{
    FILE *file = fopen(name, "r");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    if (getdelim(&text, &size, '\0', file) < 0)
        text = strcpy(realloc(text, 1), "");
    fclose(file);
    return text;
}

/* Not by strstr from place to place: under AddressSanitizer each call looks at the
 * whole rest of the text, and 80,000 lines took a minute. */
static size_t count_of(const char *text, const char *what)
{
    size_t count = 0, len = strlen(what);

    for (const char *at = text; *at; at++)
        if (*at == what[0] && strncmp(at, what, len) == 0)
            count++;
    return count;
}

static void test_lines_reach_the_file(void **state)
{
    struct stat info;
    (void)state;

    umask(0);
    open_log(LOG_INFO, LOG_TEXT);
    log_line(LOG_INFO, "Port: %d", 3030);
    log_event(LOG_INFO, "persisted", LOG_CSTR("docId", "abc123"), LOG_UINT("revision", 42));
    log_event(LOG_DEBUG, "not_wanted", LOG_INT("x", 1));
    log_line(LOG_DEBUG, "not wanted");
    log_close();
    char *text = read_all(path);
    assert_int_equal(count_of(text, " info: Port: 3030\n"), 1);
    assert_int_equal(count_of(text, " info: persisted docId=abc123 revision=42\n"), 1);
    assert_int_equal(count_of(text, "\n"), 2);
    free(text);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
}

static void test_levels(void **state)
{
    (void)state;
    open_log(LOG_WARN, LOG_TEXT);
    assert_false(log_enabled(LOG_DEBUG));
    assert_false(log_enabled(LOG_INFO));
    assert_true(log_enabled(LOG_WARN));
    assert_true(log_enabled(LOG_ERROR));
    log_close();
    open_log(LOG_DEBUG, LOG_TEXT);
    assert_true(log_enabled(LOG_DEBUG));
}

static void test_a_file_is_appended_to(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        open_log(LOG_INFO, LOG_JSON);
        log_line(LOG_INFO, "again");
        log_close();
    }
    char *text = read_all(path);
    assert_int_equal(count_of(text, "\"msg\":\"again\"}\n"), 2);
    free(text);
}

static void test_a_file_that_cannot_be_opened(void **state)
{
    const struct log_config config = {LOG_INFO, LOG_TEXT, SLICE("/nonexistent/folder/log")};
    (void)state;

    assert_int_equal(log_open(&config), ERR_STORAGE);
    open_log(LOG_INFO, LOG_TEXT); /* and then another one can */
}

static void wait_for_file(const char *name)
{
    for (int i = 0; i < 5000 && access(name, F_OK) != 0; i++)
        usleep(1000);
    assert_int_equal(access(name, F_OK), 0);
}

static void test_reopening_after_rotation(void **state)
{
    (void)state;
    open_log(LOG_INFO, LOG_TEXT);
    log_line(LOG_INFO, "before");
    assert_int_equal(rename(path, moved), 0);
    log_reopen();
    wait_for_file(path);
    log_line(LOG_INFO, "after");
    log_close();
    char *old = read_all(moved), *new = read_all(path);
    assert_int_equal(count_of(old, "before\n"), 1);
    assert_int_equal(count_of(old, "after\n"), 0);
    assert_int_equal(count_of(new, "after\n"), 1);
    free(old);
    free(new);
}

enum { WRITERS = 4, LINES_EACH = 500 };

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES_EACH; i++)
        log_event(LOG_INFO, "event", LOG_INT("writer", (intptr_t)arg), LOG_INT("i", i));
    return NULL;
}

/* Every line is whole, and each is either there or counted as dropped. */
static void test_many_threads(void **state)
{
    const uint64_t dropped = log_dropped();
    pthread_t threads[WRITERS];
    (void)state;

    open_log(LOG_INFO, LOG_TEXT);
    for (intptr_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, (void *)i), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    log_close();
    char *text = read_all(path);
    assert_int_equal(count_of(text, " info: event writer=") + log_dropped() - dropped, WRITERS * LINES_EACH);
    for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1)
        assert_true(at[4] == '-' && at[23] == 'Z');
    free(text);
}

static void *write_a_flood(void *arg)
{
    for (int i = 0; i < 40; i++)
        write_lines(arg);
    return NULL;
}

/* At shutdown nothing is dropped while somebody reads. */
static void test_waiting_for_room(void **state)
{
    const uint64_t dropped = log_dropped();
    pthread_t threads[WRITERS];
    (void)state;

    open_log(LOG_INFO, LOG_TEXT);
    log_block_when_full();
    for (intptr_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_a_flood, (void *)i), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    log_close();
    char *text = read_all(path);
    assert_int_equal(log_dropped(), dropped);
    assert_int_equal(count_of(text, " info: event writer="), WRITERS * LINES_EACH * 40);
    free(text);
}

/* Standard error is a pipe that nobody reads: callers go on, lines are dropped
 * and counted, and closing does not hang. When the reader wakes up, the log
 * tells how many lines are missing. */
static void test_a_reader_that_sleeps(void **state)
{
    const uint64_t dropped = log_dropped();
    char *text = malloc(2 << 20);
    int ends[2], saved = dup(STDERR_FILENO);
    (void)state;

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    assert_int_equal(log_open(&(struct log_config){LOG_INFO, LOG_TEXT, {0}}), OK);
    for (int i = 0; i < 10000; i++)
        log_event(LOG_INFO, "a_line_of_some_length", LOG_INT("number", i));
    assert_true(log_dropped() > dropped);

    size_t len = 0;
    for (ssize_t got; !memmem(text, len, "log_lines_dropped count=", 24); len += (size_t)got)
        assert_true((got = read(ends[0], text + len, (2 << 20) - len)) > 0);
    log_close();

    assert_int_equal(log_open(&(struct log_config){LOG_INFO, LOG_TEXT, {0}}), OK);
    for (int i = 0; i < 3000; i++)
        log_event(LOG_INFO, "nobody_reads_this", LOG_INT("number", i));
    log_close(); /* returns */
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[0]);
    free(text);
}

static void test_a_full_disk_is_counted(void **state)
{
    const uint64_t dropped = log_dropped();
    (void)state;

    assert_int_equal(log_open(&(struct log_config){LOG_INFO, LOG_TEXT, SLICE("/dev/full")}), OK);
    log_line(LOG_INFO, "lost");
    log_close();
    assert_true(log_dropped() > dropped);
}

#define with_folder(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_durations_are_rounded_to_a_tenth),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_values_are_escaped),
        cmocka_unit_test(test_messages_cannot_begin_a_line),
        cmocka_unit_test(test_long_values_are_cut_between_characters),
        cmocka_unit_test(test_lines_that_would_be_too_long_lose_fields),
        with_folder(test_lines_reach_the_file),
        with_folder(test_levels),
        with_folder(test_a_file_is_appended_to),
        with_folder(test_a_file_that_cannot_be_opened),
        with_folder(test_reopening_after_rotation),
        with_folder(test_many_threads),
        with_folder(test_waiting_for_room),
        with_folder(test_a_reader_that_sleeps),
        cmocka_unit_test(test_a_full_disk_is_counted),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
