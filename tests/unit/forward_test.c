/* link: kp_app kp_alloc nodes shared_engine fake_tables */
/* Servers that share a database: whichever of them a client comes to, it gets what the one
 * that has its document says. */
#include "support/nodes.h"

#include "api/credential.h"
#include "shard/server.h"
#include "support/tab.h"

#include <sys/stat.h>
#include <time.h>

static struct answer answer; /* too large for a stack */

static int begin(void **state)
{
    (void)state;
    nodes_start(NULL, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    nodes_stop();
    return 0;
}

/* ---- speaking ---- */

static void ask_with(const struct node *node, const char *method, const char *target, const char *extra,
                     const char *body)
{
    client_ask(node->port, method, target, extra, body, &answer);
}

static void get(const struct node *node, const char *target)
{
    ask_with(node, "GET", target, "", "");
}

static bool wait_for(bool (*condition)(const void *arg), const void *arg)
{
    for (int i = 0; i < 5000; i++) {
        if (condition(arg))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return false;
}

static bool has_no_tunnels(const void *node)
{
    return node_tunnels(node) == 0;
}

static bool has_a_tunnel(const void *node)
{
    return node_tunnels(node) == 1;
}

/* Somebody writes "hello" into the document, at that node. */
static void write_hello(const struct node *node, const char *id)
{
    struct tab tab;
    tab_join(&tab, node->port, id, NULL);
    tab_expect(&tab, "Users");
    tab_say(&tab, "{\"Edit\":{\"revision\":0,\"operation\":[\"hello\"]}}");
    tab_expect(&tab, "\"operation\":[\"hello\"]");
    tab_close(&tab);
}

/* ---- plain requests ---- */

static void the_text_is_the_owners(void **state)
{
    (void)state;
    char tag[64], condition[128];
    write_hello(&nodes[0], "pad");
    assert_int_equal(shared_engine_owner("pad"), 1);
    for (size_t i = 0; i < NODES; i++) {
        get(&nodes[i], "/api/text/pad");
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "hello");
        assert_string_equal(answer_header(&answer, "Content-Type"), "text/plain; charset=utf-8");
        snprintf(tag, sizeof tag, "%.60s", answer_header(&answer, "ETag"));
        assert_true(strlen(tag) > 10);
    }
    snprintf(condition, sizeof condition, "If-None-Match: %s\r\n", tag);
    ask_with(&nodes[1], "GET", "/api/text/pad", condition, "");
    assert_int_equal(answer.status, 304);
    ask_with(&nodes[1], "HEAD", "/api/text/pad", "", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Length"), "5");
    assert_int_equal(answer.body_len, 0);
    assert_int_equal(shared_engine_owner("pad"), 1);
}

static void what_nobody_has_is_answered_where_it_is_asked_for(void **state)
{
    (void)state;
    get(&nodes[1], "/api/text/nothing");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "");
    get(&nodes[1], "/api/document/nothing");
    assert_non_null(strstr(answer.body, "\"exists\":false"));
    assert_int_equal(shared_engine_owner("nothing"), 0);
}

static void an_owner_is_asked_for_once_in_a_while(void **state)
{
    (void)state;
    write_hello(&nodes[0], "pad");
    get(&nodes[1], "/api/text/pad");
    uint32_t before = shared_engine_peeks();
    for (int i = 0; i < 5; i++)
        get(&nodes[1], "/api/text/pad");
    assert_int_equal(answer.status, 200);
    assert_int_equal(shared_engine_peeks(), before);
}

static void ids_and_queries_arrive_as_they_were_sent(void **state)
{
    (void)state;
    shared_engine_place("a b\303\244+", 1);
    get(&nodes[1], "/api/document/a%20b%C3%A4+?otp=x%26y+z%2B");
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body, "\"exists\":false"));
}

/* Whatever is in a target or a header, it stays in its place between servers. */
static void nothing_that_a_client_sends_becomes_another_request(void **state)
{
    (void)state;
    static const char *const targets[] = {"/api/text/a b", "/api/text/pad HTTP/1.1\tx",
                                          "/api/text/pad?otp=a b", "/api/text/%0d%0aX-Kolabpad-Node:%20x",
                                          "/api/text/pad?otp=%0d%0a"};
    shared_engine_place("a b", 1);
    shared_engine_place("pad", 1);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        get(&nodes[1], targets[i]);
        int through = answer.status;
        get(&nodes[0], targets[i]);
        assert_int_equal(through, answer.status);
    }
    ask_with(&nodes[1], "GET", "/api/text/pad", "Authorization: Bearer a\tb\r\n", "");
    assert_int_equal(answer.status, 200);
}

/* ---- passwords ---- */

static void protect_at(const struct node *node, char password[16])
{
    struct tab tab;
    char body[256];
    tab_join(&tab, node->port, "pad", NULL);
    tab_expect(&tab, "Users");
    const char *id = memmem(tab.heard.ptr, tab.heard.len, "\"user_id\":", 10);
    assert_non_null(id);
    snprintf(body, sizeof body, "{\"user_id\":%d,\"client\":\"%021uA\"}", atoi(id + 10), tokens);
    char length[64];
    snprintf(length, sizeof length, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
             strlen(body));
    ask_with(node, "POST", "/api/document/pad/protect", length, body);
    assert_int_equal(answer.status, 200);
    assert_int_equal(sscanf(answer.body, "{\"otp\":\"%12[^\"]\"}", password), 1);
    tab_expect(&tab, "OTP");
    tab_close(&tab);
}

static void a_password_is_set_and_asked_for_at_any_server(void **state)
{
    (void)state;
    char password[16], target[128];
    struct tab tab;
    write_hello(&nodes[0], "pad");
    protect_at(&nodes[1], password);
    get(&nodes[2], "/api/text/pad");
    assert_int_equal(answer.status, 401);
    assert_string_equal(answer_header(&answer, "WWW-Authenticate"), "Bearer");
    snprintf(target, sizeof target, "/api/text/pad?otp=%s", password);
    get(&nodes[2], target);
    assert_string_equal(answer.body, "hello");
    snprintf(target, sizeof target, "Authorization: Bearer %s\r\n", password);
    ask_with(&nodes[1], "GET", "/api/text/pad", target, "");
    assert_string_equal(answer.body, "hello");

    tab_shake(&tab, nodes[2].port, "/api/socket/pad?otp=guess", "");
    assert_int_equal(tab.status, 401); /* v1: before the upgrade */
    tab_close(&tab);
    snprintf(target, sizeof target, "/api/socket/pad?otp=%s", password);
    tab_shake(&tab, nodes[2].port, target, "");
    assert_int_equal(tab.status, 101);
    tab_expect(&tab, "hello");
    tab_close(&tab);
    tab_join(&tab, nodes[1].port, "pad", password);
    tab_expect(&tab, "Welcome");
    tab_close(&tab);
    tab_join(&tab, nodes[1].port, "pad", "guess");
    tab_expect(&tab, "Invalid or missing OTP");
    tab_close(&tab);
}

static void few_guesses(struct config *config, uint64_t incarnation)
{
    (void)incarnation;
    config->password_attempts_per_minute = 3;
    assert_true(network_parse(SLICE("127.0.0.0/8"), &config->trusted[0]));
    config->trusted_count = 1;
}

static int status_of_guess(const struct node *node, const char *from)
{
    char header[64];
    snprintf(header, sizeof header, "X-Forwarded-For: %s\r\n", from);
    ask_with(node, "GET", "/api/text/pad?otp=guess", header, "");
    return answer.status;
}

/* Where the owner is, and by the client's own address. */
static void guesses_are_counted_once_for_all_servers(void **state)
{
    (void)state;
    char password[16];
    nodes_start(few_guesses, NULL);
    write_hello(&nodes[0], "pad");
    protect_at(&nodes[0], password);
    assert_int_equal(status_of_guess(&nodes[0], "192.0.2.1"), 401);
    assert_int_equal(status_of_guess(&nodes[1], "192.0.2.1"), 401);
    assert_int_equal(status_of_guess(&nodes[2], "192.0.2.1"), 401);
    assert_int_equal(status_of_guess(&nodes[2], "192.0.2.1"), 429);
    assert_int_equal(status_of_guess(&nodes[1], "192.0.2.1"), 429);
    assert_int_equal(status_of_guess(&nodes[1], "192.0.2.2"), 401);
    nodes_stop();
}

/* ---- WebSockets ---- */

static void people_at_different_servers_see_each_other_type(void **state)
{
    (void)state;
    struct tab ada, bob;
    tab_join(&ada, nodes[0].port, "pad", NULL);
    tab_expect(&ada, "Users");
    tab_join(&bob, nodes[1].port, "pad", NULL);
    tab_expect(&bob, "Users");
    assert_int_equal(node_tunnels(&nodes[0]), 0);
    assert_true(wait_for(has_a_tunnel, &nodes[1]));
    tab_say(&bob, "{\"Edit\":{\"revision\":0,\"operation\":[\"from bob\"]}}");
    tab_expect(&ada, "from bob");
    tab_expect(&bob, "from bob");
    tab_say(&ada, "{\"Edit\":{\"revision\":1,\"operation\":[\"ada and \",8]}}");
    tab_expect(&bob, "ada and ");
    get(&nodes[2], "/api/text/pad");
    assert_string_equal(answer.body, "ada and from bob");
    assert_true(node_tunnel_bytes(&nodes[1]) > 100);
    tab_close(&bob);
    assert_true(wait_for(has_no_tunnels, &nodes[1]));
    tab_say(&ada, "{\"Ping\":1}");
    tab_expect(&ada, "Pong");
    tab_close(&ada);
}

/* What the owner agreed on with a client holds for the bytes, so the client must hear of it. */
static void compression_is_agreed_on_with_the_owner(void **state)
{
    (void)state;
    struct tab tab;
    shared_engine_place("pad", 1);
    tab_shake(&tab, nodes[1].port, "/api/socket/pad", V2 "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    assert_int_equal(tab.status, 101);
    assert_non_null(strstr(tab.head, "Sec-WebSocket-Extensions: permessage-deflate"));
    tab_close(&tab);
    tab_shake(&tab, nodes[1].port, "/api/socket/pad", V2);
    assert_int_equal(tab.status, 101);
    assert_null(strstr(tab.head, "Sec-WebSocket-Extensions"));
    assert_non_null(strstr(tab.head, "Sec-WebSocket-Protocol: kolabpad.v2"));
    tab_close(&tab);
}

static void all_who_open_a_new_link_meet(void **state)
{
    (void)state;
    struct tab tabs[30];
    for (size_t i = 0; i < 30; i++) { /* nobody has said Hello yet */
        tab_shake(&tabs[i], nodes[i % NODES].port, "/api/socket/class", V2);
        assert_int_equal(tabs[i].status, 101);
    }
    for (size_t i = 0; i < 30; i++) {
        tab_hello(&tabs[i], NULL);
        tab_expect(&tabs[i], "Users");
    }
    tab_say(&tabs[29], "{\"Edit\":{\"revision\":0,\"operation\":[\"good morning\"]}}");
    for (size_t i = 0; i < 30; i++) {
        tab_expect(&tabs[i], "good morning");
        tab_close(&tabs[i]);
    }
}

/* With a password nobody has it before the Hello; who loses the race is sent away and finds it. */
static void who_loses_the_race_for_a_protected_pad_comes_again(void **state)
{
    (void)state;
    char password[16];
    struct tab ada, bob;
    write_hello(&nodes[0], "pad");
    protect_at(&nodes[0], password);
    node_stop(&nodes[0]);
    shared_engine_bury(1);
    tab_shake(&ada, nodes[1].port, "/api/socket/pad", V2);
    tab_shake(&bob, nodes[2].port, "/api/socket/pad", V2);
    assert_int_equal(shared_engine_owner("pad"), 0);
    tab_hello(&ada, password);
    tab_expect(&ada, "hello");
    tab_hello(&bob, password);
    tab_expect(&bob, "moved");
    tab_close(&bob);
    tab_join(&bob, nodes[2].port, "pad", password);
    tab_expect(&bob, "hello");
    tab_close(&bob);
    tab_close(&ada);
}

static void few_connections(struct config *config, uint64_t incarnation)
{
    (void)incarnation;
    config->connections_per_address = 2;
}

/* At the server that they come to, and not at the owner, to whom all come from one. */
static void connections_are_counted_where_they_come_in(void **state)
{
    (void)state;
    struct tab tabs[5];
    nodes_start(few_connections, NULL);
    shared_engine_place("pad", 1);
    for (size_t i = 0; i < 4; i++) {
        tab_shake(&tabs[i], nodes[1 + i % 2].port, "/api/socket/pad", V2);
        assert_int_equal(tabs[i].status, 101);
    }
    tab_shake(&tabs[4], nodes[1].port, "/api/socket/pad", V2);
    assert_int_equal(tabs[4].status, 429);
    tab_close(&tabs[4]);
    for (size_t i = 0; i < 4; i++)
        tab_close(&tabs[i]);
    assert_true(wait_for(has_no_tunnels, &nodes[1]));
    for (size_t i = 0; i < 2; i++) { /* they were given back, those of refused handshakes too */
        tab_shake(&tabs[i], nodes[1].port, "/api/socket/pad", V2);
        assert_int_equal(tabs[i].status, 101);
        tab_close(&tabs[i]);
    }
    nodes_stop();
}

/* ---- when it moves ---- */

static void a_document_that_moved_is_followed(void **state)
{
    (void)state;
    shared_engine_place("pad", 1);
    get(&nodes[2], "/api/document/pad"); /* now it remembers who has it */
    shared_engine_place("pad", 2);
    get(&nodes[2], "/api/document/pad");
    assert_int_equal(answer.status, 200);
    shared_engine_place("pad", 3); /* to itself */
    get(&nodes[2], "/api/document/pad");
    assert_int_equal(answer.status, 200);
    shared_engine_place("pad", 0);
    struct tab tab;
    tab_join(&tab, nodes[2].port, "pad", NULL);
    tab_expect(&tab, "Users");
    tab_close(&tab);
}

static void a_hot_potato_is_given_up(void **state)
{
    (void)state;
    struct tab tab;
    shared_engine_pass_on(true);
    get(&nodes[0], "/api/text/pad");
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "\"elsewhere\""));
    tab_shake(&tab, nodes[0].port, "/api/socket/pad", V2);
    assert_int_equal(tab.status, 503);
    tab_close(&tab);
    assert_in_range(shared_engine_peeks(), 2, 16);
    shared_engine_pass_on(false);
    get(&nodes[0], "/api/text/pad");
    assert_int_equal(answer.status, 200);
}

static void an_owner_that_cannot_be_reached_is_unavailable(void **state)
{
    (void)state;
    write_hello(&nodes[0], "pad");
    node_stop(&nodes[0]); /* and nobody has noticed */
    get(&nodes[1], "/api/text/pad");
    assert_int_equal(answer.status, 503);
    shared_engine_bury(1);
    get(&nodes[1], "/api/text/pad");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "hello");
    assert_int_equal(shared_engine_owner("pad"), 2);
}

/* It gave its documents back and went; who remembers it asks the database anew. */
static void an_owner_that_has_gone_is_not_asked_twice(void **state)
{
    (void)state;
    write_hello(&nodes[0], "pad");
    get(&nodes[1], "/api/text/pad");
    node_stop(&nodes[0]);
    shared_engine_place("pad", 0);
    get(&nodes[1], "/api/text/pad");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "hello");
}

static void tunnels_to_a_dead_server_are_closed(void **state)
{
    (void)state;
    struct tab tab;
    shared_engine_place("pad", 1);
    tab_join(&tab, nodes[1].port, "pad", NULL);
    tab_expect(&tab, "Users");
    shared_engine_bury(1); /* it stands still: its sockets say nothing */
    tab_expect_end(&tab);
    assert_true(wait_for(has_no_tunnels, &nodes[1]));
    tab_close(&tab);
    tab_join(&tab, nodes[1].port, "pad", NULL);
    tab_expect(&tab, "Users");
    assert_int_equal(shared_engine_owner("pad"), 2);
    tab_close(&tab);
}

static void a_server_that_stops_leaves_no_tunnel(void **state)
{
    (void)state;
    struct tab tab;
    shared_engine_place("pad", 1);
    tab_join(&tab, nodes[1].port, "pad", NULL);
    tab_expect(&tab, "Users");
    node_stop(&nodes[1]);
    tab_expect_end(&tab);
    tab_close(&tab);
}

/* ---- between servers ---- */

static void credential(const char *mistake, char header[160])
{
    struct buf value = {0};
    must(credential_append(&value, shared_engine_identity(2)));
    if (strcmp(mistake, "secret") == 0)
        value.ptr[value.len - 1] ^= 1;
    if (strcmp(mistake, "short") == 0)
        value.len--;
    snprintf(header, 160, "X-Kolabpad-Node: %.*s\r\n", (int)value.len, value.ptr);
    buf_deinit(&value);
}

static void what_a_server_passed_on_is_not_passed_on_again(void **state)
{
    (void)state;
    char header[160], both[512];
    struct tab tab;
    shared_engine_place("pad", 3);
    credential("none", header);
    ask_with(&nodes[0], "GET", "/api/text/pad", header, "");
    assert_int_equal(answer.status, 421);
    snprintf(both, sizeof both, "%s%s", V2, header);
    tab_shake(&tab, nodes[0].port, "/api/socket/pad", both);
    assert_int_equal(tab.status, 421);
    tab_close(&tab);
}

static void a_wrong_secret_makes_no_server(void **state)
{
    (void)state;
    static const char *const mistakes[] = {"secret", "short"};
    char header[160];
    shared_engine_place("pad", 3);
    for (size_t i = 0; i < 2; i++) {
        credential(mistakes[i], header);
        ask_with(&nodes[0], "GET", "/api/text/pad", header, "");
        assert_int_equal(answer.status, 200); /* passed on, like a client's */
    }
    ask_with(&nodes[0], "GET", "/api/text/pad", "X-Kolabpad-Node: \r\n", "");
    assert_int_equal(answer.status, 200);
}

static void one_guess(struct config *config, uint64_t incarnation)
{
    few_guesses(config, incarnation);
    config->trusted_count = 0;
    config->password_attempts_per_minute = 1;
}

/* Whoever is no server cannot say who the client is. */
static void an_address_is_believed_of_a_server_only(void **state)
{
    (void)state;
    char password[16], header[256], right[160];
    nodes_start(one_guess, NULL);
    write_hello(&nodes[0], "pad");
    protect_at(&nodes[0], password);
    credential("none", right);
    snprintf(header, sizeof header, "%sX-Forwarded-For: 192.0.2.1\r\n", right);
    ask_with(&nodes[0], "GET", "/api/text/pad?otp=guess", header, "");
    assert_int_equal(answer.status, 401);
    ask_with(&nodes[0], "GET", "/api/text/pad?otp=guess", header, "");
    assert_int_equal(answer.status, 429);
    assert_int_equal(status_of_guess(&nodes[0], "192.0.2.9"), 401); /* 127.0.0.1, whatever it says */
    assert_int_equal(status_of_guess(&nodes[0], "192.0.2.8"), 429);
    nodes_stop();
}

/* ---- files of the page ---- */

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_file_of_another_version_is_fetched_from_it(void **state)
{
    (void)state;
    char folder[] = "/tmp/kp_forward_XXXXXX", path[128], header[160];
    assert_non_null(mkdtemp(folder));
    for (int i = 1; i <= NODES; i++) {
        snprintf(path, sizeof path, "%s/%d", folder, i);
        assert_int_equal(mkdir(path, 0700), 0);
        put_file(path, "index.html", "<!doctype html>");
        snprintf(path, sizeof path, "%s/%d/assets", folder, i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path, sizeof path, "%s/1/assets", folder);
    put_file(path, "index-new.js", "new()");
    snprintf(path, sizeof path, "%s/3/assets", folder);
    put_file(path, "index-old.js", "old()");
    nodes_start(NULL, folder); /* 3 is of another version than 1 and 2 */
    get(&nodes[2], "/assets/index-new.js");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "new()");
    assert_non_null(strstr(answer_header(&answer, "Cache-Control"), "immutable"));
    assert_non_null(strstr(answer_header(&answer, "Content-Type"), "javascript"));
    get(&nodes[1], "/assets/index-old.js");
    assert_string_equal(answer.body, "old()");
    get(&nodes[1], "/assets/index-new.js"); /* of its own version, after the other one was asked in vain */
    assert_string_equal(answer.body, "new()");
    get(&nodes[0], "/assets/index-never.js");
    assert_int_equal(answer.status, 404);
    get(&nodes[0], "/other/index-old.js");
    assert_int_equal(answer.status, 404);
    credential("none", header);
    ask_with(&nodes[0], "GET", "/assets/index-old.js", header, "");
    assert_int_equal(answer.status, 404);
    node_stop(&nodes[2]);
    get(&nodes[0], "/assets/index-old.js");
    assert_int_equal(answer.status, 404);
    nodes_stop();
    snprintf(path, sizeof path, "rm -rf %s", folder);
    assert_int_equal(system(path), 0);
}

#define NODES_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NODES_TEST(the_text_is_the_owners),
        NODES_TEST(what_nobody_has_is_answered_where_it_is_asked_for),
        NODES_TEST(an_owner_is_asked_for_once_in_a_while),
        NODES_TEST(ids_and_queries_arrive_as_they_were_sent),
        NODES_TEST(nothing_that_a_client_sends_becomes_another_request),
        NODES_TEST(a_password_is_set_and_asked_for_at_any_server),
        cmocka_unit_test(guesses_are_counted_once_for_all_servers),
        NODES_TEST(people_at_different_servers_see_each_other_type),
        NODES_TEST(compression_is_agreed_on_with_the_owner),
        NODES_TEST(all_who_open_a_new_link_meet),
        NODES_TEST(who_loses_the_race_for_a_protected_pad_comes_again),
        cmocka_unit_test(connections_are_counted_where_they_come_in),
        NODES_TEST(a_document_that_moved_is_followed),
        NODES_TEST(a_hot_potato_is_given_up),
        NODES_TEST(an_owner_that_cannot_be_reached_is_unavailable),
        NODES_TEST(an_owner_that_has_gone_is_not_asked_twice),
        NODES_TEST(tunnels_to_a_dead_server_are_closed),
        NODES_TEST(a_server_that_stops_leaves_no_tunnel),
        NODES_TEST(what_a_server_passed_on_is_not_passed_on_again),
        NODES_TEST(a_wrong_secret_makes_no_server),
        cmocka_unit_test(an_address_is_believed_of_a_server_only),
        cmocka_unit_test(a_file_of_another_version_is_fetched_from_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
