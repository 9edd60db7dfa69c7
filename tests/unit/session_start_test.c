/* link: kp_session kp_alloc */
/* From a socket to a session: what a client is told whose socket comes when the
 * shard is stopping already. */
#include "doc/maintenance.h"
#include "session/broadcast.h"
#include "session/start.h"
#include "support/unit.h"

#include <sys/socket.h>
#include <unistd.h>

static struct shard shard;
static struct config config = {.heartbeat_ms = 30000,
                               .read_timeout_ms = 60000,
                               .write_timeout_ms = 10000,
                               .hello_timeout_ms = 5000,
                               .outbox_frames = 16,
                               .max_document_bytes = 1000};
static struct document_policy policy = {.durability = STORE_LAZY};

static void on_tick(void *owner)
{
    struct shard *s = owner;
    loop_flush(&s->loop);
    loop_reap(&s->loop);
    if (sessions_are_closed(s))
        loop_stop(&s->loop);
}

static void on_nothing(void *owner)
{
    (void)owner;
}

static const struct shard_handlers handlers = {
    .on_tick = on_tick, .on_wake = on_nothing, .on_timer = on_nothing, .document_events = &session_events};

static int begin(void **state)
{
    (void)state;
    shard = (struct shard){.config = &config, .version = "test"};
    policy.pad_limits = pad_limits_default(1000);
    assert_int_equal(limits_new(&(struct limits_config){.addresses_max = 8}, &shard.limits), OK);
    assert_int_equal(shard_init(&shard, &policy, &handlers), OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    shard_deinit(&shard);
    limits_free(shard.limits);
    return 0;
}

/* The session's own thread is this one; `client` becomes the other end of its socket. */
static void start_refused(enum pad_version version, enum error refusal, int *client)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    struct address address;
    assert_true(address_parse(SLICE("10.0.0.1"), &address));
    assert_int_equal(limits_connect(shard.limits, address), OK);
    struct session_request *request =
        session_request_new(&shard, version, address, SLICE("pad"), (struct slice){0});
    assert_non_null(request);
    request->fd = ends[0];
    request->refusal = refusal;
    *client = ends[1];
    session_start(&request->task);
}

static void is_closed_with(enum pad_version version, enum error refusal, int code)
{
    static const unsigned char masked_close[] = {0x88, 0x80, 1, 2, 3, 4};
    unsigned char got[256] = {0};
    int client;
    start_refused(version, refusal, &client);
    assert_int_equal(write(client, masked_close, sizeof masked_close), sizeof masked_close);
    loop_wake(&shard.loop);
    loop_run(&shard.loop);
    assert_true(read(client, got, sizeof got) >= 4);
    assert_int_equal(got[0], 0x88);
    assert_int_equal(got[2] << 8 | got[3], code);
    close(client);
}

static void one_that_comes_during_the_stop_is_told_so(enum pad_version version)
{
    documents_stop(&shard.documents);
    is_closed_with(version, OK, 1001);
}

static void test_v2_is_told(void **state)
{
    (void)state;
    one_that_comes_during_the_stop_is_told_so(PAD_V2);
}

static void test_v1_is_told(void **state)
{
    (void)state;
    one_that_comes_during_the_stop_is_told_so(PAD_V1);
}

/* Whose handshake was answered before it was known that there is no way to its document. */
static void test_one_that_is_refused_is_told_why(void **state)
{
    (void)state;
    is_closed_with(PAD_V2, ERR_ELSEWHERE, 1013);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_v2_is_told, begin, end),
        cmocka_unit_test_setup_teardown(test_v1_is_told, begin, end),
        cmocka_unit_test_setup_teardown(test_one_that_is_refused_is_told_why, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
