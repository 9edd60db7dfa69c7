/* link: kp_net kp_core kp_alloc */
/* The front end's files, from a folder made for the test, through the HTTP server. */
#include "net/mime.h"
#include "net/static_files.h"
#include "support/http_client.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <uv.h>

static char folder[] = "/tmp/kolabpad-static-XXXXXX";
static struct static_files *files;
static struct http_server *server;
static uint16_t port;
static struct answer answer;

static void write_file(const char *name, const char *content)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(content, f);
    fclose(f);
}

static void make_folder(const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void make_link(const char *target, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(symlink(target, path), 0);
}

static void handle(void *arg, struct http_request *req)
{
    (void)arg;
    if (!static_files_respond(files, req, req->path))
        http_respond_error(req, ERR_NOT_FOUND);
}

static int setup(void **state)
{
    struct http_config config = {
        .host = SLICE("127.0.0.1"), .connections_max = 20, .timeout_s = 5, .handler = handle};
    char message[512];
    size_t count;

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file("index.html", "<!doctype html><title>plain</title>");
    write_file("index.html.br", "as brotli");
    write_file("index.html.gz", "as gzip");
    write_file("favicon.svg", "<svg/>");
    write_file("empty.txt", "");
    write_file("orphan.js.br", "its original is missing");
    write_file(".env", "SECRET=1");
    make_folder("assets");
    write_file("assets/app-1a2b3c.js", "let answer = 42");
    write_file("assets/kernel-9f.wasm", "wasm");
    make_folder(".git");
    write_file(".git/config", "secret");
    make_link("/etc/passwd", "passwd");
    make_link("/etc", "etc");
    assert_int_equal(static_files_open(folder, &files, &count), OK);
    assert_int_equal(count, 5);
    assert_int_equal(http_open(&config, &server, message), OK);
    port = http_port(server);
    return 0;
}

static int teardown(void **state)
{
    char command[256];

    (void)state;
    http_close(server);
    static_files_close(files);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void get(const char *target, const char *extra)
{
    client_ask(port, "GET", target, extra, "", &answer);
}

static void expect_header(const char *name, const char *value)
{
    assert_string_equal(answer_header(&answer, name), value);
}

static void the_root_is_index_html(void **state)
{
    (void)state;
    get("/", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "<!doctype html><title>plain</title>");
    expect_header("Content-Type", "text/html; charset=utf-8");
    expect_header("Cache-Control", "no-cache");
    expect_header("Vary", "Accept-Encoding");
    expect_header("Content-Encoding", "");
    assert_true(answer_has(&answer, "Content-Security-Policy: "));
    get("/index.html", "");
    assert_int_equal(answer.status, 200);
}

static void files_with_a_hash_in_their_name_are_kept_for_ever(void **state)
{
    (void)state;
    get("/assets/app-1a2b3c.js", "");
    assert_string_equal(answer.body, "let answer = 42");
    expect_header("Content-Type", "text/javascript; charset=utf-8");
    expect_header("Cache-Control", "public, max-age=31536000, immutable");
    get("/assets/kernel-9f.wasm", "");
    expect_header("Content-Type", "application/wasm");
    get("/favicon.svg", "");
    expect_header("Cache-Control", "no-cache");
}

static void the_best_form_is_sent(void **state)
{
    (void)state;
    get("/", "Accept-Encoding: gzip, deflate, br\r\n");
    assert_string_equal(answer.body, "as brotli");
    expect_header("Content-Encoding", "br");
    expect_header("Content-Type", "text/html; charset=utf-8");
    get("/", "Accept-Encoding: br;q=0.1, gzip\r\n");
    assert_string_equal(answer.body, "as gzip");
    expect_header("Content-Encoding", "gzip");
    get("/", "Accept-Encoding: br;q=0, gzip;q=0\r\n");
    expect_header("Content-Encoding", "");
    get("/favicon.svg", "Accept-Encoding: br\r\n");
    assert_string_equal(answer.body, "<svg/>");
}

static void a_known_etag_gets_304(void **state)
{
    char etag[128], header[256];

    (void)state;
    get("/", "Accept-Encoding: br\r\n");
    snprintf(etag, sizeof etag, "%.100s", answer_header(&answer, "ETag"));
    assert_true(etag[0] == '"' && strlen(etag) > 10);
    snprintf(header, sizeof header, "Accept-Encoding: br\r\nIf-None-Match: \"other\", W/%s\r\n", etag);
    get("/", header);
    assert_int_equal(answer.status, 304);
    assert_int_equal(answer.body_len, 0);
    expect_header("ETag", etag);
    assert_true(answer_has(&answer, "Content-Security-Policy: "));
    assert_true(answer_has(&answer, "Vary: Accept-Encoding"));

    /* another form is another thing */
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    get("/", header);
    assert_int_equal(answer.status, 200);
}

static void head_and_other_methods(void **state)
{
    (void)state;
    client_ask(port, "HEAD", "/favicon.svg", "", "", &answer);
    assert_int_equal(answer.status, 200);
    expect_header("Content-Length", "6");
    assert_int_equal(answer.body_len, 0);
    client_ask(port, "POST", "/favicon.svg", "Content-Length: 0\r\n", "", &answer);
    assert_int_equal(answer.status, 405);
    get("/empty.txt", "");
    assert_int_equal(answer.status, 200);
    expect_header("Content-Length", "0");
}

static void nothing_else_is_reachable(void **state)
{
    static const char *const targets[] = {"/../etc/passwd",
                                          "/assets/../../etc/passwd",
                                          "/%2e%2e/%2e%2e/etc/passwd",
                                          "/..%2fetc%2fpasswd",
                                          "//etc/passwd",
                                          "/./index.html",
                                          "/.env",
                                          "/.git/config",
                                          "/passwd",
                                          "/etc/passwd",
                                          "/assets",
                                          "/assets/",
                                          "/index.html.br",
                                          "/orphan.js",
                                          "/orphan.js.br",
                                          "/index.html%00.svg",
                                          "/assets\\app-1a2b3c.js",
                                          "/INDEX.HTML",
                                          "/index.html/",
                                          "/no-such-file"};

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        get(targets[i], "");
        if (answer.status != 404)
            fail_msg("%s got %d", targets[i], answer.status);
    }
}

/* Last: it changes the folder. */
static void a_new_version_is_noticed(void **state)
{
    (void)state;
    write_file("assets/app-ffffff.js", "new");
    get("/assets/app-ffffff.js", "");
    assert_int_equal(answer.status, 404);
    assert_int_equal(static_files_reload(files), OK);
    get("/assets/app-ffffff.js", "");
    assert_int_equal(answer.status, 200);

    write_file("assets/app-eeeeee.js", "newer");
    write_file("index.html", "<!doctype html><title>another version</title>");
    uv_sleep(1100); /* it looks once a second */
    get("/", "");
    assert_string_equal(answer.body, "<!doctype html><title>another version</title>");
    get("/assets/app-eeeeee.js", "");
    assert_int_equal(answer.status, 200);
}

static void an_absent_folder_is_empty(void **state)
{
    struct static_files *none;
    size_t count = 7;

    (void)state;
    assert_int_equal(static_files_open("/nonexistent/folder", &none, &count), OK);
    assert_int_equal(count, 0);
    static_files_close(none);
    assert_int_equal(static_files_open("", &none, &count), OK);
    assert_int_equal(count, 0);
    static_files_close(none);
}

static void types_follow_the_extension(void **state)
{
    (void)state;
    assert_string_equal(mime_type(SLICE("/a.b/manifest.webmanifest")), "application/manifest+json");
    assert_string_equal(mime_type(SLICE("/font.woff2")), "font/woff2");
    assert_string_equal(mime_type(SLICE("/noextension")), "application/octet-stream");
    assert_string_equal(mime_type(SLICE("")), "application/octet-stream");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_is_index_html),
        cmocka_unit_test(files_with_a_hash_in_their_name_are_kept_for_ever),
        cmocka_unit_test(the_best_form_is_sent),
        cmocka_unit_test(a_known_etag_gets_304),
        cmocka_unit_test(head_and_other_methods),
        cmocka_unit_test(nothing_else_is_reachable),
        cmocka_unit_test(a_new_version_is_noticed),
        cmocka_unit_test(an_absent_folder_is_empty),
        cmocka_unit_test(types_follow_the_extension),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
