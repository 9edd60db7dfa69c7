/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* The files of a database: whose they are, who may use them, and where there are none. */
#include "support/store_files.h"

/* ---- files ------------------------------------------------------------- */

static int mode_of(const char *path, const char *suffix)
{
    char full[160];
    struct stat info;
    snprintf(full, sizeof full, "%s%s", path, suffix);
    return stat(full, &info) ? -1 : (int)(info.st_mode & 0777);
}

static void a_server_that_shares_nothing_owns_everything(void **state)
{
    struct fixture *f = *state;
    struct store_peer peers[STORE_PEERS_MAX];
    assert_false(store_is_shared(f->store));
    assert_int_equal(store_peers(f->store, peers), 0);
    assert_int_equal(store_identity(f->store).incarnation, 0);
    assert_true(store_lease_left_ms(f->store) == INT64_MAX);
    store_set_draining(f->store);
    store_rejoin(f->store);

    struct store_request *r = load_of("pad");
    r->may_begin = true;
    r = ask(f, r);
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    assert_int_equal(r->owner.incarnation, 0);
    store_request_free(r);
    expect(f, store_request_new(STORE_RELEASE, SLICE("pad")), OK);
    assert_int_equal(documents_in(f), 0);
}

static void files_are_the_owners_alone(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    snprintf(f->path, sizeof f->path, "%s/new/deep/pads.db", f->folder);
    snprintf(f->uri, sizeof f->uri, "%s", f->path);
    mode_t before = umask(0);
    fixture_open(f, STORE_JOURNAL);
    expect(f, snapshot_of("pad", "text", 1), OK);
    umask(before);
    assert_int_equal(mode_of(f->path, ""), 0600);
    assert_int_equal(mode_of(f->path, "-wal"), 0600);
    assert_int_equal(mode_of(f->path, "-shm"), 0600);
    assert_int_equal(mode_of(f->path, ".lock"), 0600);
    assert_int_equal(mode_of(f->folder, "/new"), 0700);
    assert_int_equal(mode_of(f->folder, "/new/deep"), 0700);
    assert_true(store_stats(f->store).database_bytes >= 4096);
}

static void in_memory_nothing_touches_the_disk(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->uri[0] = '\0';
    fixture_open(f, STORE_JOURNAL);
    expect(f, snapshot_of("pad", "text", 1), OK);
    struct store_request *r = ask(f, load_of("pad"));
    assert_slice(r->text, "text");
    store_request_free(r);
    assert_int_equal(store_stats(f->store).database_bytes, 0);
}

static void *open_second(void *arg)
{
    fixture_open(arg, STORE_JOURNAL);
    return NULL;
}

static void a_second_server_waits_until_the_first_has_gone(void **state)
{
    struct fixture *f = *state;
    struct fixture second;
    fixture_init(&second, NULL);
    snprintf(second.uri, sizeof second.uri, "sqlite://%s", f->path);
    expect(f, snapshot_of("pad", "from the first", 1), OK);

    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, open_second, &second), 0);
    wait_for_event(&second, STORE_EVENT_WAITING, 1);
    usleep(50000);
    assert_int_equal(event_count(&second, STORE_EVENT_LOCKED), 0);
    expect(f, snapshot_of("pad", "its last word", 2), OK);
    fixture_close(f);
    pthread_join(thread, NULL);
    assert_int_equal(event_count(&second, STORE_EVENT_LOCKED), 1);
    assert_int_equal(event_count(&second, STORE_EVENT_WAITING), 1);

    struct store_request *r = ask(&second, load_of("pad"));
    assert_slice(r->text, "its last word");
    store_request_free(r);
    fixture_deinit(&second);
}

static void a_waiting_server_can_be_told_to_stop(void **state)
{
    struct fixture *f = *state;
    struct fixture second;
    fixture_init(&second, NULL);
    snprintf(second.uri, sizeof second.uri, "%s", f->path);
    second.stop_waiting = true;
    char message[512];
    assert_int_equal(fixture_try_open(&second, STORE_JOURNAL, message), ERR_SHUTTING_DOWN);
    assert_non_null(strstr(message, f->path));
    assert_null(second.store);
    fixture_deinit(&second);
    expect(f, snapshot_of("pad", "undisturbed", 1), OK);
}

static void a_path_that_cannot_be_is_refused_with_a_sentence(void **state)
{
    struct fixture *f = *state;
    char message[512];
    fixture_close(f);
    snprintf(f->uri, sizeof f->uri, "%s/inside/pads.db", f->path); /* a folder below a file */
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_STORAGE);
    assert_non_null(strstr(message, f->path));
    snprintf(f->uri, sizeof f->uri, "%s", f->folder);
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_STORAGE);
    assert_non_null(strstr(message, "is not a file"));
    assert_null(f->store);
}

static const struct CMUnitTest tests[] = {
    TEST(a_server_that_shares_nothing_owns_everything),
    TEST(files_are_the_owners_alone),
    TEST(in_memory_nothing_touches_the_disk),
    TEST(a_second_server_waits_until_the_first_has_gone),
    TEST(a_waiting_server_can_be_told_to_stop),
    TEST(a_path_that_cannot_be_is_refused_with_a_sentence),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
