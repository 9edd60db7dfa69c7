/* link: kp_config kp_alloc */
#include "config/config.h"
#include "config/config_table.h"
#include "support/repository_file.h"
#include "support/unit.h"

#include <sys/stat.h>
#include <unistd.h>

static struct config config;
static char message[512];

static int clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_setting_count; i++) {
        unsetenv(config_settings[i].name);
        if (config_settings[i].alias)
            unsetenv(config_settings[i].alias);
    }
    for (size_t i = 0; i < config_test_setting_count; i++)
        unsetenv(config_test_settings[i].name);
    return 0;
}

static const struct config *load(void)
{
    message[0] = '\0';
    if (config_load(&config, message) != OK)
        fail_msg("%s", message);
    return &config;
}

static const struct config *with(const char *name, const char *value)
{
    setenv(name, value, 1);
    load();
    unsetenv(name);
    return &config;
}

/* Refused, with the whole message, and nothing else changed. */
static void refuses(const char *name, const char *value, const char *expected)
{
    struct config before;

    memset(&config, 0x5a, sizeof config);
    memcpy(&before, &config, sizeof before);
    setenv(name, value, 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    unsetenv(name);
    assert_string_equal(message, expected);
    assert_memory_equal(&before, &config, sizeof before);
}

static void test_defaults(void **state)
{
    const struct config *c = load();
    (void)state;

    assert_string_equal(c->host, "");
    assert_int_equal(c->port, 3030);
    assert_string_equal(c->base_path, "");
    assert_true(c->workers >= 1);
    assert_int_equal(c->http_connections, 1000);
    assert_string_equal(c->sqlite_uri, "./data/kolabpad.db");
    assert_string_equal(c->database_url, "");
    assert_string_equal(c->cluster_address, "");
    assert_int_equal(c->cluster_lease_ms, 5000);
    assert_int_equal(c->drain_ms, 0);
    assert_int_equal(c->durability, STORE_JOURNAL);
    assert_int_equal(c->max_document_bytes, 1024 * 1024);
    assert_int_equal(c->expiry_ms, INT64_C(7) * 24 * 3600 * 1000);
    assert_int_equal(c->cleanup_interval_ms, 3600 * 1000);
    assert_int_equal(c->memory_retention_ms, 24 * 3600 * 1000);
    assert_int_equal(c->read_timeout_ms, 30 * 60 * 1000);
    assert_int_equal(c->write_timeout_ms, 10000);
    assert_int_equal(c->heartbeat_ms, 30000);
    assert_int_equal(c->outbox_frames, 16);
    assert_true(c->rate_limits);
    assert_int_equal(c->edits_per_second, 200);
    assert_int_equal(c->edits_burst, 1000);
    assert_int_equal(c->connections_per_address, 1000);
    assert_int_equal(c->new_documents_per_minute, 600);
    assert_int_equal(c->password_attempts_per_minute, 60);
    assert_int_equal(c->password_changes_per_minute, 60);
    assert_int_equal(c->rights_changes_per_minute, 300);
    assert_int_equal(c->connections_total, 15000);
    assert_int_equal(c->origin_count, 0);
    assert_int_equal(c->trusted_count, 0);
    assert_string_equal(c->frame_ancestors, "");
    assert_int_equal(c->remote_images, REMOTE_IMAGES_OFF);
    assert_int_equal(c->log_level, LOG_INFO);
    assert_string_equal(c->frontend_log_level, "error");
    assert_int_equal(c->log_format, LOG_TEXT);
    assert_string_equal(c->log_file, "");
    assert_true(c->metrics_bare_names);
    assert_int_equal(c->persist_check_ms, 10000);
    assert_int_equal(c->idle_persist_ms, 30000);
    assert_int_equal(c->safety_net_ms, 300000);
    assert_int_equal(c->hello_timeout_ms, 5000);
    assert_int_equal(c->v1_pin_ms, 0);
    assert_string_equal(c->content_security_policy, "");
}

static void test_an_empty_value_counts_as_unset(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_setting_count; i++)
        if (!config_settings[i].empty_is_value)
            setenv(config_settings[i].name, "", 1);
    for (size_t i = 0; i < config_test_setting_count; i++)
        setenv(config_test_settings[i].name, "", 1);
    test_defaults(state);
}

static void test_an_empty_database_is_memory_only(void **state)
{
    (void)state;
    assert_string_equal(with("SQLITE_URI", "")->sqlite_uri, "");
    assert_string_equal(with("SQLITE_URI", "/data/kolabpad.db")->sqlite_uri, "/data/kolabpad.db");
}

static void test_a_database_url_and_what_goes_with_it(void **state)
{
    (void)state;
    assert_string_equal(with("DATABASE_URL", "postgresql://h1,h2/pads")->database_url,
                        "postgresql://h1,h2/pads");
    setenv("DATABASE_URL", "postgres:///pads", 1);
    setenv("DURABILITY", "lazy", 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    assert_non_null(strstr(message, "DURABILITY"));
    setenv("DURABILITY", "fsync", 1);
    assert_string_equal(with("CLUSTER_ADDRESS", "10.0.0.5:3030")->cluster_address, "10.0.0.5:3030");
    assert_string_equal(with("CLUSTER_ADDRESS", "[fd00::5]:3030")->cluster_address, "[fd00::5]:3030");
    unsetenv("DATABASE_URL");
    setenv("CLUSTER_ADDRESS", "10.0.0.5:3030", 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    assert_non_null(strstr(message, "DATABASE_URL"));
}

static void test_an_address_has_a_host_and_a_port(void **state)
{
    static const char *const bad[] = {"10.0.0.5",   ":3030",      "host:",     "host:0", "host:65536",
                                      "host:30x",   "a b:3030",   "fd00::5:1", "h/x:1",  "http://h:1",
                                      "[fd00::5]1", "[fd00::5]:", "h:1 "};
    (void)state;
    setenv("DATABASE_URL", "postgres:///pads", 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setenv("CLUSTER_ADDRESS", bad[i], 1);
        if (config_load(&config, message) != ERR_BAD_REQUEST)
            fail_msg("%s is taken", bad[i]);
    }
}

static void test_secrets_are_never_shown(void **state)
{
    (void)state;
    setenv("DATABASE_URL", "mysql://user:hunter2@host/pads", 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    assert_non_null(strstr(message, "DATABASE_URL"));
    assert_null(strstr(message, "hunter2"));
    unsetenv("DATABASE_URL");
    setenv("DEBUG_TOKEN", "hunter2\n", 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    assert_null(strstr(message, "hunter2"));
}

static void test_the_founding_documents_configuration(void **state)
{
    static const char *const lines[][2] = {
        {"DOMAIN", "domain.com"},
        {"EMAIL", "you@example.com"},
        {"PORT", "3030"},
        {"BACKEND_LOG_LEVEL", "info"},
        {"FRONTEND_LOG_LEVEL", "error"},
        {"EXPIRY_DAYS", "7"},
        {"SQLITE_URI", "/data/kolabpad.db"},
        {"CLEANUP_INTERVAL_HOURS", "1"},
        {"MAX_DOCUMENT_SIZE_KB", "256"},
        {"WS_READ_TIMEOUT_MINUTES", "30"},
        {"WS_WRITE_TIMEOUT_SECONDS", "10"},
        {"BROADCAST_BUFFER_SIZE", "16"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        setenv(lines[i][0], lines[i][1], 1);
    assert_string_equal(load()->sqlite_uri, "/data/kolabpad.db");
}

static void test_numbers_have_bounds(void **state)
{
    char text[32], expected[160], described[128];
    (void)state;

    for (size_t i = 0; i < config_setting_count; i++) {
        const struct setting *s = &config_settings[i];
        if (s->type != SETTING_NUMBER)
            continue;
        snprintf(text, sizeof text, "%lld", (long long)s->min);
        with(s->name, text);
        snprintf(text, sizeof text, "%lld", (long long)s->max);
        with(s->name, text);
        snprintf(text, sizeof text, "%lld", (long long)s->max + 1);
        snprintf(expected, sizeof expected, "%s is \"%s\": expected %s", s->name, text,
                 setting_expects(s, described));
        refuses(s->name, text, expected);
        snprintf(text, sizeof text, "%lld", (long long)s->min - 1);
        snprintf(expected, sizeof expected, "%s is \"%s\": expected %s", s->name, text,
                 setting_expects(s, described));
        refuses(s->name, text, expected);
    }
}

static void test_what_is_no_number(void **state)
{
    static const char *const bad[] = {"abc", "30 30", " 3030", "3030 ", "+3030", "-1",    "0x10",
                                      "1e3", "80.0",  "0",     "65536", "3030a", "3030\t"};
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setenv("PORT", bad[i], 1);
        assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    }
    refuses("PORT", "abc", "PORT is \"abc\": expected a whole number from 1 to 65535");
    refuses("PORT", "18446744073709554646",
            "PORT is \"18446744073709554646\": expected a whole number from 1 to 65535");
    refuses("EXPIRY_DAYS", "1.5", "EXPIRY_DAYS is \"1.5\": expected a whole number of days from 0 to 36500");
}

static void test_values_in_messages_are_short_and_printable(void **state)
{
    char value[200], expected[256];
    (void)state;

    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    value[0] = '\n';
    snprintf(expected, sizeof expected, "PORT is \"?%.59s...\": expected a whole number from 1 to 65535",
             value + 1);
    refuses("PORT", value, expected);
}

static void test_numbers_have_units(void **state)
{
    (void)state;
    assert_int_equal(with("MAX_DOCUMENT_SIZE_KB", "65536")->max_document_bytes, 67108864);
    assert_int_equal(with("EXPIRY_DAYS", "0")->expiry_ms, 0);
    assert_int_equal(with("EXPIRY_DAYS", "36500")->expiry_ms, INT64_C(36500) * 86400000);
    assert_int_equal(with("CLEANUP_INTERVAL_HOURS", "2")->cleanup_interval_ms, 7200000);
    assert_int_equal(with("WS_READ_TIMEOUT_MINUTES", "60")->read_timeout_ms, 3600000);
    assert_int_equal(with("WS_HEARTBEAT_INTERVAL_SECONDS", "20")->heartbeat_ms, 20000);
    assert_int_equal(with("WORKERS", "3")->workers, 3);
}

static void test_choices(void **state)
{
    (void)state;
    assert_int_equal(with("DURABILITY", "lazy")->durability, STORE_LAZY);
    assert_int_equal(with("DURABILITY", "FSYNC")->durability, STORE_FSYNC);
    assert_int_equal(with("LOG_FORMAT", "json")->log_format, LOG_JSON);
    assert_int_equal(with("BACKEND_LOG_LEVEL", "debug")->log_level, LOG_DEBUG);
    assert_string_equal(with("FRONTEND_LOG_LEVEL", "DEBUG")->frontend_log_level, "debug");
    assert_false(with("METRICS_BARE_NAMES", "off")->metrics_bare_names);
    refuses("DURABILITY", "always", "DURABILITY is \"always\": expected one of lazy, journal, fsync");
    refuses("BACKEND_LOG_LEVEL", "verbose",
            "BACKEND_LOG_LEVEL is \"verbose\": expected one of debug, info, warn, error");
    refuses("RATE_LIMITS", "yes", "RATE_LIMITS is \"yes\": expected on or off");
}

static void test_the_older_name_of_the_log_level(void **state)
{
    (void)state;
    assert_int_equal(with("LOG_LEVEL", "warn")->log_level, LOG_WARN);
    setenv("BACKEND_LOG_LEVEL", "error", 1);
    assert_int_equal(with("LOG_LEVEL", "warn")->log_level, LOG_ERROR);
    unsetenv("BACKEND_LOG_LEVEL");
    refuses("LOG_LEVEL", "loud", "LOG_LEVEL is \"loud\": expected one of debug, info, warn, error");
}

static void test_no_limits(void **state)
{
    const struct config *c = with("RATE_LIMITS", "off");
    (void)state;

    assert_false(c->rate_limits);
    assert_int_equal(c->edits_per_second | c->edits_burst | c->connections_per_address |
                         c->connections_total | c->new_documents_per_minute |
                         c->password_attempts_per_minute | c->password_changes_per_minute,
                     0);
}

static void test_base_path(void **state)
{
    static const char *const bad[] = {"//", "/a//b", "/..", "/a/../b", "/.", "/a b", "/a?b", "/<", "/é"};
    char expected[160];
    (void)state;

    assert_string_equal(with("BASE_PATH", "/")->base_path, "");
    assert_string_equal(with("BASE_PATH", "/pad")->base_path, "/pad");
    assert_string_equal(with("BASE_PATH", "/pad/")->base_path, "/pad");
    assert_string_equal(with("BASE_PATH", "pad")->base_path, "/pad");
    assert_string_equal(with("BASE_PATH", "/a/b-c/~d_1.2/")->base_path, "/a/b-c/~d_1.2");
    assert_string_equal(with("BASE_PATH", "/...")->base_path, "/...");
    for (size_t i = 0; i + 1 < sizeof bad / sizeof bad[0]; i++) {
        snprintf(expected, sizeof expected,
                 "BASE_PATH is \"%s\": expected a path of letters, digits and . _ ~ -, such as /pad", bad[i]);
        refuses("BASE_PATH", bad[i], expected);
    }
    setenv("BASE_PATH", bad[8], 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
}

static void test_texts_have_a_length(void **state)
{
    char value[600];
    (void)state;

    memset(value, 'a', sizeof value);
    value[sizeof config.log_file - 1] = '\0';
    assert_int_equal(strlen(with("LOG_FILE", value)->log_file), sizeof config.log_file - 1);
    memset(value, 'a', sizeof value);
    value[sizeof config.log_file] = '\0';
    setenv("LOG_FILE", value, 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    setenv("LOG_FILE", "a\nb", 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
}

static void test_origins(void **state)
{
    static const char *const bad[] = {"example.org",  "ftp://example.org", "https://",
                                      "https://a/b",  "https://a b",       "null",
                                      "https://a, b", "https://a?x"};
    const struct config *c = with("ALLOWED_ORIGINS", " https://Example.org , http://[::1]:8080/,,");
    (void)state;

    assert_int_equal(c->origin_count, 2);
    assert_string_equal(c->origins[0], "https://example.org");
    assert_string_equal(c->origins[1], "http://[::1]:8080");
    assert_string_equal(with("ALLOWED_ORIGINS", "*")->origins[0], "*");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setenv("ALLOWED_ORIGINS", bad[i], 1);
        assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    }
}

static void test_framers(void **state)
{
    static const char *const bad[] = {"example.org", "'self'", "https://a; script-src *",
                                      "https://*.example.org", "https://a/b"};
    char list[2 * sizeof config.frame_ancestors] = "https://";
    (void)state;

    assert_string_equal(load()->frame_ancestors, "");
    assert_string_equal(
        with("FRAME_ANCESTORS", " https://Example.org/ , http://[::1]:8080,,")->frame_ancestors,
        "https://example.org http://[::1]:8080");
    assert_string_equal(with("FRAME_ANCESTORS", "*")->frame_ancestors, "*");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setenv("FRAME_ANCESTORS", bad[i], 1);
        assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
    }
    refuses("FRAME_ANCESTORS", "https://a b",
            "FRAME_ANCESTORS is \"https://a b\": expected http(s)://host[:port] or *, several separated by "
            "commas");
    memset(list + 8, 'a', PAGE_POLICY_FRAMERS_MAX - 8);
    assert_int_equal(strlen(with("FRAME_ANCESTORS", list)->frame_ancestors), PAGE_POLICY_FRAMERS_MAX);
    strcat(list, ",*");
    setenv("FRAME_ANCESTORS", list, 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
}

static void test_remote_images(void **state)
{
    (void)state;
    assert_int_equal(load()->remote_images, REMOTE_IMAGES_OFF);
    assert_int_equal(with("REMOTE_IMAGES", "ask")->remote_images, REMOTE_IMAGES_ASK);
    refuses("REMOTE_IMAGES", "always", "REMOTE_IMAGES is \"always\": expected one of off, ask");
}

static void test_proxies(void **state)
{
    struct address local, other;
    const struct config *c = with("TRUSTED_PROXIES", "127.0.0.1, ::1,10.0.0.0/8");
    (void)state;

    assert_int_equal(c->trusted_count, 3);
    assert_true(address_parse(SLICE("127.0.0.1"), &local));
    assert_true(address_parse(SLICE("10.9.8.7"), &other));
    assert_true(network_contains(c->trusted[0], local));
    assert_false(network_contains(c->trusted[0], other));
    assert_true(network_contains(c->trusted[2], other));
    refuses("TRUSTED_PROXIES", "127.0.0.1,proxy",
            "TRUSTED_PROXIES is \"127.0.0.1,proxy\": expected addresses or networks, separated by commas");
}

static void test_lists_have_a_length(void **state)
{
    char list[1024] = "";
    (void)state;

    for (int i = 0; i < CONFIG_LIST_MAX; i++)
        strcat(list, "10.0.0.1,");
    assert_int_equal(with("TRUSTED_PROXIES", list)->trusted_count, CONFIG_LIST_MAX);
    strcat(list, "10.0.0.1");
    setenv("TRUSTED_PROXIES", list, 1);
    assert_int_equal(config_load(&config, message), ERR_BAD_REQUEST);
}

static void test_intervals_of_tests(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_test_setting_count; i++) {
        const struct test_setting *s = &config_test_settings[i];
        with(s->name, "123");
        assert_int_equal(*(const int64_t *)(const void *)((const char *)&config + s->offset), 123);
    }
    setenv("EXPIRY_DAYS", "3", 1);
    assert_int_equal(with("KP_TEST_EXPIRY_MS", "50")->expiry_ms, 50);
    refuses("KP_TEST_EXPIRY_MS", "soon",
            "KP_TEST_EXPIRY_MS is \"soon\": expected a whole number of milliseconds");
}

/* ---- the folder of the front end ---- */

static void make(const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fclose(file);
}

static void test_the_static_folder_is_the_first_with_a_page(void **state)
{
    char folder[] = "/tmp/kolabpad-config-XXXXXX", before[4096];
    (void)state;

    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_string_equal(load()->static_dir, "./frontend/dist"); /* there is none */
    assert_int_equal(mkdir("dist", 0700) | mkdir("frontend", 0700) | mkdir("frontend/dist", 0700), 0);
    make("dist/index.html");
    assert_string_equal(load()->static_dir, "./dist");
    make("frontend/dist/index.html");
    assert_string_equal(load()->static_dir, "./frontend/dist");
    assert_string_equal(with("STATIC_DIR", "/srv/www")->static_dir, "/srv/www");
    unlink("dist/index.html");
    unlink("frontend/dist/index.html");
    assert_int_equal(rmdir("frontend/dist") | rmdir("frontend") | rmdir("dist"), 0);
    assert_int_equal(chdir(before), 0);
    rmdir(folder);
}

static void test_the_static_folder_beside_the_program(void **state)
{
    char program[4096], expected[5000], before[4096];
    const ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    (void)state;

    assert_true(len > 0);
    program[len] = '\0';
    *strrchr(program, '/') = '\0';
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir("/"), 0);
    snprintf(expected, sizeof expected, "%s/../dist", program);
    const bool made = mkdir(expected, 0700) == 0;
    snprintf(expected, sizeof expected, "%s/../dist/index.html", program);
    make(expected);
    load();
    unlink(expected);
    *strrchr(expected, '/') = '\0';
    assert_string_equal(config.static_dir, expected);
    if (made)
        rmdir(expected);
    assert_int_equal(chdir(before), 0);
}

/* ---- what is printed ---- */

static char printed[64 * 1024];

/* What `print` writes to standard output. */
static struct slice output_of(void (*print)(void))
{
    FILE *file = tmpfile();
    const int saved = dup(STDOUT_FILENO);

    assert_non_null(file);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    print();
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    rewind(file);
    const size_t len = fread(printed, 1, sizeof printed - 1, file);
    printed[len] = '\0';
    fclose(file);
    return slice_of(printed, len);
}

static void test_help_names_every_setting(void **state)
{
    char line[160];
    (void)state;

    output_of(config_print_help);
    for (size_t i = 0; i < config_setting_count; i++) {
        snprintf(line, sizeof line, "\n  %s=%s\n", config_settings[i].name, config_settings[i].default_text);
        if (!strstr(printed, line))
            fail_msg("no %sin the help", line);
    }
    for (char *at = printed, *end; (end = strchr(at, '\n')); at = end + 1)
        assert_in_range(end - at, 0, 100);
    assert_null(strstr(printed, "KP_TEST"));
}

static void test_the_documentation_is_complete(void **state)
{
    (void)state;
    assert_repository_file("docs/configuration.md", output_of(config_print_markdown));
}

static void test_the_example_is_complete(void **state)
{
    (void)state;
    assert_repository_file(".env.example", output_of(config_print_env));
}

/* Copied to .env as it is, it changes nothing. */
static void test_the_example_says_the_defaults(void **state)
{
    char *rest = NULL;
    (void)state;

    output_of(config_print_env);
    for (char *row = strtok_r(printed, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        char *equals = strchr(row, '=');
        if (*row == '#')
            continue;
        assert_non_null(equals);
        *equals = '\0';
        setenv(row, equals + 1, 1);
    }
    test_defaults(state);
}

#define test(name) cmocka_unit_test_setup(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_defaults),
        test(test_an_empty_value_counts_as_unset),
        test(test_an_empty_database_is_memory_only),
        test(test_a_database_url_and_what_goes_with_it),
        test(test_an_address_has_a_host_and_a_port),
        test(test_secrets_are_never_shown),
        test(test_the_founding_documents_configuration),
        test(test_numbers_have_bounds),
        test(test_what_is_no_number),
        test(test_values_in_messages_are_short_and_printable),
        test(test_numbers_have_units),
        test(test_choices),
        test(test_the_older_name_of_the_log_level),
        test(test_no_limits),
        test(test_base_path),
        test(test_texts_have_a_length),
        test(test_origins),
        test(test_framers),
        test(test_remote_images),
        test(test_proxies),
        test(test_lists_have_a_length),
        test(test_intervals_of_tests),
        test(test_the_static_folder_is_the_first_with_a_page),
        test(test_the_static_folder_beside_the_program),
        test(test_help_names_every_setting),
        test(test_the_documentation_is_complete),
        test(test_the_example_is_complete),
        test(test_the_example_says_the_defaults),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
