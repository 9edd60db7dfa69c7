/* link: kp_store kp_alloc store_fixture store_postgres postgres faulty_vfs */
/* What was answered is there: after kill -9, and with STORE_FSYNC after the
 * power went. */
#include "support/faulty_vfs.h"
#include "support/random.h"
#include "support/store_postgres.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PADS = 3 };

static const char *const IDS[PADS] = {"pad0", "pad1", "pad2"};

/* What was answered of each pad: appends up to a revision, and the revision of
 * the last snapshot. */
struct answered {
    uint64_t end[PADS];
    uint64_t snapshot[PADS];
};

static void text_at(uint64_t revision, char text[64])
{
    snprintf(text, 64, "the text of revision %d", (int)revision);
}

static void batch_at(uint64_t revision, char batch[64])
{
    snprintf(batch, 64, "the batch of revision %d", (int)revision);
}

/* Posts a round of appends of all pads, sometimes with a snapshot. */
static uint32_t post_round(struct fixture *f, struct random *random, uint64_t revision)
{
    uint32_t posted = 0;
    char text[64];
    for (int i = 0; i < PADS; i++, posted++) {
        batch_at(revision, text);
        post(f, append_of(IDS[i], revision, revision + 1, text));
        if (!random_one_in(random, 8))
            continue;
        text_at(revision + 1, text);
        struct store_request *r = snapshot_of(IDS[i], text, revision + 1);
        r->keep_from = revision > 3 ? revision - 3 : 0;
        post(f, r);
        posted++;
    }
    return posted;
}

static void note_answer(struct answered *a, const struct store_request *r)
{
    struct slice id = r->kind == STORE_APPEND ? r->rows[0].id : r->id;
    int pad = id.ptr[3] - '0';
    if (r->kind == STORE_APPEND)
        a->end[pad] = r->rows[0].end_revision;
    else
        a->snapshot[pad] = r->revision;
}

/* The row and the journal behind it make an unbroken history, each piece as
 * it was written, that reaches at least as far as was answered. */
static void expect_history(struct fixture *f, int pad, uint64_t at_least)
{
    char expected[64];
    struct store_request *r = ask(f, load_of(IDS[pad]));
    assert_int_equal(r->result, OK);
    if (r->revision > 0) {
        text_at(r->revision, expected);
        assert_slice(r->text, expected);
    }
    uint64_t next = r->batch_count ? r->batches[0].first_revision : r->revision;
    assert_true(next <= r->revision);
    for (uint32_t i = 0; i < r->batch_count; i++, next++) {
        assert_int_equal(r->batches[i].first_revision, next);
        batch_at(next, expected);
        assert_slice(r->batches[i].batch, expected);
    }
    assert_true(next >= r->revision);
    assert_true(next >= at_least);
    store_request_free(r);
}

static void expect_all_there(struct fixture *f, const struct answered *a)
{
    for (int i = 0; i < PADS; i++)
        expect_history(f, i, a->end[i] > a->snapshot[i] ? a->end[i] : a->snapshot[i]);
    if (!fixture_database)
        assert_string_equal(sql(f, "PRAGMA integrity_check"), "ok");
}

/* ---- kill -9 ----------------------------------------------------------- */

/* The child: writes until it is killed, and tells the parent of each answer. */
static void write_until_killed(struct fixture *f, int tell, uint64_t seed)
{
    struct random random = {seed};
    struct answered a = {0};
    fixture_open(f, STORE_JOURNAL);
    for (uint64_t revision = 0;; revision++) {
        uint32_t posted = post_round(f, &random, revision);
        for (uint32_t i = 0; i < posted; i++) {
            struct store_request *r = next_answer(f, 10000);
            if (!r || r->result != OK)
                _exit(1);
            note_answer(&a, r);
            store_request_free(r);
            if (write(tell, &a, sizeof a) != sizeof a)
                _exit(1);
        }
    }
}

static struct answered run_and_kill(struct fixture *f, struct random *random)
{
    int pipe_ends[2];
    struct answered last = {0}, a;
    uint64_t seed = random_next(random);
    uint32_t answers_to_wait_for = 1 + random_below(random, 120);
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        write_until_killed(f, pipe_ends[1], seed);
    }
    close(pipe_ends[1]);
    for (uint32_t i = 0; read(pipe_ends[0], &a, sizeof a) == sizeof a; i++) {
        last = a;
        if (i == answers_to_wait_for) {
            usleep(random_below(random, 2000));
            kill(child, SIGKILL);
        }
    }
    close(pipe_ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    return last;
}

static void kill_and_look(unsigned rounds)
{
    struct random random = random_start();
    for (unsigned round = 0; round < rounds; round++) {
        struct fixture f;
        fixture_init(&f, NULL);
        struct answered a = run_and_kill(&f, &random);
        fixture_open(&f, STORE_JOURNAL);
        expect_all_there(&f, &a);
        fixture_deinit(&f);
    }
}

static void kill_9_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    kill_and_look(random_rounds(15));
}

/* The next server waits until the dead one's lease is over, so there are fewer rounds. */
static void kill_9_loses_nothing_that_postgresql_has_committed(void **state)
{
    (void)state;
    struct postgres server;
    if (!store_can_use_postgres())
        skip();
    postgres_init(&server, NULL);
    store_use_postgres(&server);
    kill_and_look(random_rounds(4));
    store_use_postgres(NULL);
    postgres_deinit(&server);
}

/* ---- the plug ---------------------------------------------------------- */

/* Writes through the recording disk and cuts the power with requests on their
 * way; what is answered before that is noted. */
static struct answered run_and_cut(struct fixture *f, struct random *random, enum store_durability durability)
{
    struct answered a = {0};
    faulty_vfs_record();
    fixture_open(f, durability);
    uint32_t posted = 0, taken = 0;
    uint64_t rounds = 1 + random_below(random, 60);
    for (uint64_t revision = 0; revision < rounds; revision++) {
        posted += post_round(f, random, revision);
        while (taken < posted && !random_one_in(random, 6)) {
            struct store_request *r = next_answer(f, 10000);
            assert_int_equal(r->result, OK);
            note_answer(&a, r);
            store_request_free(r);
            taken++;
        }
    }
    faulty_vfs_cut_power();
    store_close(f->store, 0);
    f->store = NULL;
    for (struct store_request *r; (r = next_answer(f, 0)); store_request_free(r))
        if (r->result == OK)
            note_answer(&a, r);
    faulty_vfs_restore_power(random_next(random));
    return a;
}

static void power_loss(enum store_durability durability)
{
    struct random random = random_start();
    faulty_vfs_register();
    for (unsigned round = 0; round < random_rounds(25); round++) {
        struct fixture f;
        fixture_init(&f, "file:%s?vfs=faulty");
        struct answered a = run_and_cut(&f, &random, durability);
        fixture_open(&f, durability);
        if (durability != STORE_FSYNC)
            a = (struct answered){0}; /* it may be older, but it is whole */
        expect_all_there(&f, &a);
        fixture_deinit(&f);
    }
}

static void power_loss_loses_nothing_that_was_synced(void **state)
{
    (void)state;
    power_loss(STORE_FSYNC);
}

static void power_loss_leaves_an_older_but_whole_history_without_fsync(void **state)
{
    (void)state;
    power_loss(STORE_JOURNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kill_9_loses_nothing_that_was_answered),
        cmocka_unit_test(kill_9_loses_nothing_that_postgresql_has_committed),
        cmocka_unit_test(power_loss_loses_nothing_that_was_synced),
        cmocka_unit_test(power_loss_leaves_an_older_but_whole_history_without_fsync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
