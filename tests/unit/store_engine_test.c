/* link: kp_store kp_alloc store_fixture */
/* The store on top of an engine: whatever that answers, the requests of a
 * document are carried out in order, one lane at a time, until they succeed or
 * their callers are told. The engine is a fake that fails when told to, and
 * writes down what it was asked for. */
#include "store/clock.h"
#include "store/request.h"
#include "support/random.h"
#include "support/store_fixture.h"

#include <unistd.h>

enum { LANES = 2, LOG_BYTES = 4096 };

/* Documents have ids of one letter; the n-th request of a test carries n as its
 * time. So "a3" names a request, and "[a1 b2](a3)" a group that was committed
 * and one that failed. Reads have a question mark: "a4?". */
static struct fake {
    struct engine engine;
    pthread_mutex_t lock;
    pthread_cond_t changed;

    /* Its orders. */
    enum error open_result;
    bool fails_everything;
    bool fails_writes;        /* and the probe */
    bool is_down[LANES];      /* the same, of that lane */
    char last_before_down;    /* a failed write of it is the last before lane 0 is down */
    bool fails_big_groups;    /* those of more than one request */
    char bad_document;        /* groups with a write of it fail */
    bool loses_the_answer;    /* of the next group: it is committed, and says that it failed */
    uint32_t random_failures; /* one group of so many; 0: none */
    bool is_held[LANES];      /* a group waits inside try_group */

    /* Its diary. */
    char log[LOG_BYTES];
    bool waits[LANES];
    const struct store_request *working_on[LANES][256]; /* by letter */
    int64_t committed[256];                             /* by letter: the last request */
    int64_t appended[256];                              /* of those, the last APPEND */
    uint32_t tries, probes, housekeeping, closes, set_failing, unset_failing;
    uint32_t life; /* of the latest rejoin */
    struct random random;
} fake;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
    size_t used = strlen(fake.log);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fake.log + used, sizeof fake.log - used, format, arguments);
    va_end(arguments);
}

/* ---- the fake ---------------------------------------------------------- */

static uint32_t documents_of(const struct store_request *req, unsigned char letters[16])
{
    if (req->kind != STORE_APPEND) {
        letters[0] = (unsigned char)req->id.ptr[0];
        return 1;
    }
    for (uint32_t i = 0; i < req->row_count; i++)
        letters[i] = (unsigned char)req->rows[i].id.ptr[0];
    return req->row_count;
}

static bool concerns(const struct store_request *req, char letter)
{
    unsigned char letters[16];
    for (uint32_t i = documents_of(req, letters); i > 0; i--)
        if (letters[i - 1] == (unsigned char)letter)
            return true;
    return false;
}

static bool may_overtake(const struct store_request *later, const struct store_request *earlier)
{
    return later->kind == STORE_APPEND && earlier->kind == STORE_SNAPSHOT && later->now_ms > earlier->now_ms;
}

/* Enters or leaves all documents of a group. No other lane may be there, but for one that appends to what
 * another one has begun to save. */
static void work_on(struct link *group, uint32_t lane, bool begins)
{
    LIST_EACH (pos, following, group) {
        const struct store_request *req = request_of(pos);
        unsigned char letters[16];
        for (uint32_t i = documents_of(req, letters); i > 0; i--) {
            const struct store_request *other = fake.working_on[1 - lane][letters[i - 1]];
            assert_true(!other || may_overtake(req, other) || may_overtake(other, req));
            fake.working_on[lane][letters[i - 1]] = begins ? req : NULL;
        }
    }
}

static bool must_fail(struct link *group, uint32_t lane)
{
    bool is_big = group->next->next != group;
    bool fails = fake.fails_everything || (fake.fails_big_groups && is_big) ||
                 (fake.random_failures && random_one_in(&fake.random, fake.random_failures));
    LIST_EACH (pos, following, group) {
        const struct store_request *req = request_of(pos);
        if (request_is_write(req))
            fails = fails || fake.fails_writes || fake.is_down[lane] || concerns(req, fake.bad_document);
        fake.is_down[0] |= fake.last_before_down && request_subject(req).ptr[0] == fake.last_before_down;
    }
    return fails;
}

static void log_group(struct link *group, bool fails)
{
    const char *space = "";
    note("%c", fails ? '(' : '[');
    LIST_EACH (pos, following, group) {
        const struct store_request *req = request_of(pos);
        note("%s%c%d%s", space, request_subject(req).ptr[0], (int)req->now_ms,
             request_is_write(req) ? "" : "?");
        space = " ";
    }
    note("%c", fails ? ')' : ']');
}

/* Each document's requests are committed in the order in which they were posted, but that an APPEND may come
 * before SNAPSHOTs. */
static void commit(struct link *group)
{
    LIST_EACH (pos, following, group) {
        const struct store_request *req = request_of(pos);
        unsigned char letters[16];
        for (uint32_t i = documents_of(req, letters); i > 0; i--) {
            int64_t *last = &fake.committed[letters[i - 1]], *appended = &fake.appended[letters[i - 1]];
            assert_true(req->now_ms > *last || (req->kind == STORE_SNAPSHOT && *last == *appended));
            *last = req->now_ms > *last ? req->now_ms : *last;
            *appended = req->kind == STORE_APPEND ? req->now_ms : *appended;
        }
    }
}

static void expect_clear(struct link *group)
{
    LIST_EACH (pos, following, group) {
        const struct store_request *req = request_of(pos);
        assert_int_equal(req->result, OK);
        assert_false(req->found);
        for (uint32_t i = 0; i < req->row_count; i++)
            assert_int_equal(req->rows[i].outcome, OK);
    }
}

/* Odd rows get an outcome, and all requests an answer, even when the group fails. */
static void answer(struct link *group)
{
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        req->found = true;
        for (uint32_t i = 1; i < req->row_count; i += 2)
            req->rows[i].outcome = ERR_BAD_REVISION;
    }
}

static enum error fake_try_group(struct engine *e, uint32_t lane, struct link *group)
{
    assert_ptr_equal(e, &fake.engine);
    pthread_mutex_lock(&fake.lock);
    work_on(group, lane, true);
    expect_clear(group);
    while (fake.is_held[lane]) {
        fake.waits[lane] = true;
        pthread_cond_broadcast(&fake.changed);
        pthread_cond_wait(&fake.changed, &fake.lock);
    }
    fake.waits[lane] = false;
    fake.tries++;
    bool fails = must_fail(group, lane);
    if (fake.random_failures) { /* other lanes may come in between */
        pthread_mutex_unlock(&fake.lock);
        usleep(20);
        pthread_mutex_lock(&fake.lock);
    } else {
        log_group(group, fails || fake.loses_the_answer);
    }
    answer(group);
    if (!fails && !fake.loses_the_answer)
        commit(group);
    fails = fails || fake.loses_the_answer;
    fake.loses_the_answer = false;
    work_on(group, lane, false);
    pthread_mutex_unlock(&fake.lock);
    return fails ? ERR_STORAGE : OK;
}

static enum error fake_open(const struct store_config *config, struct engine **out, char *message)
{
    if (fake.open_result)
        snprintf(message, MESSAGE_BYTES, "the fake does not want %.*s", (int)config->uri.len,
                 config->uri.ptr);
    else
        *out = &fake.engine;
    return fake.open_result;
}

static void fake_close(struct engine *e)
{
    assert_ptr_equal(e, &fake.engine);
    fake.closes++;
}

static uint32_t fake_lane_of(const struct store_request *req)
{
    return req->kind == STORE_APPEND ? 0 : 1;
}

static void fake_set_failing(struct engine *e, uint32_t lane, bool is_failing)
{
    (void)e;
    (void)lane;
    pthread_mutex_lock(&fake.lock);
    fake.set_failing += is_failing;
    fake.unset_failing += !is_failing;
    pthread_mutex_unlock(&fake.lock);
}

static bool fake_probe(struct engine *e, uint32_t lane)
{
    (void)e;
    pthread_mutex_lock(&fake.lock);
    bool works = !fake.fails_writes && !fake.fails_everything && !fake.is_down[lane];
    fake.probes++;
    pthread_mutex_unlock(&fake.lock);
    return works;
}

static bool fake_after_answers(struct engine *e, uint32_t lane)
{
    (void)e;
    (void)lane;
    pthread_mutex_lock(&fake.lock);
    fake.housekeeping++;
    pthread_mutex_unlock(&fake.lock);
    return false;
}

static const char *fake_why(const struct engine *e, uint32_t lane)
{
    (void)e;
    return lane == 0 ? "lane 0 is told to fail" : "lane 1 is told to fail";
}

static void fake_stats(const struct engine *e, struct store_stats *stats)
{
    (void)e;
    stats->documents = 42;
}

/* As an engine that several servers share: what is of an earlier life is over. */
static enum error shared_try_group(struct engine *e, uint32_t lane, struct link *group)
{
    enum error err = fake_try_group(e, lane, group);
    LIST_EACH (pos, following, group) {
        if (request_of(pos)->life != fake.life)
            request_of(pos)->result = ERR_MOVED;
    }
    return err;
}

static void shared_rejoin(struct engine *e, uint32_t life)
{
    (void)e;
    pthread_mutex_lock(&fake.lock);
    fake.life = life;
    pthread_mutex_unlock(&fake.lock);
}

static const struct engine_ops ONE_LANE = {
    .open = fake_open,
    .close = fake_close,
    .lanes = 1,
    .try_group = fake_try_group,
    .set_failing = fake_set_failing,
    .probe = fake_probe,
    .after_answers = fake_after_answers,
    .why = fake_why,
    .stats = fake_stats,
};

/* Appends go through lane 0, everything else through lane 1. */
static struct engine_ops two_lanes(void)
{
    struct engine_ops ops = ONE_LANE;
    ops.lanes = 2;
    ops.lane_of = fake_lane_of;
    return ops;
}

/* ---- telling it ---------------------------------------------------------- */

static void tell(bool *what, bool value)
{
    pthread_mutex_lock(&fake.lock);
    *what = value;
    pthread_mutex_unlock(&fake.lock);
}

static void hold(uint32_t lane)
{
    tell(&fake.is_held[lane], true);
}

static void wait_until_holding(uint32_t lane)
{
    pthread_mutex_lock(&fake.lock);
    while (!fake.waits[lane])
        pthread_cond_wait(&fake.changed, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static void release(uint32_t lane)
{
    pthread_mutex_lock(&fake.lock);
    fake.is_held[lane] = false;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

static void fail_writes_of(char document)
{
    pthread_mutex_lock(&fake.lock);
    fake.bad_document = document;
    pthread_mutex_unlock(&fake.lock);
}

static uint32_t count(const uint32_t *of)
{
    pthread_mutex_lock(&fake.lock);
    uint32_t value = *of;
    pthread_mutex_unlock(&fake.lock);
    return value;
}

/* The groups since the last call. */
static const char *take_log(void)
{
    static char log[LOG_BYTES];
    pthread_mutex_lock(&fake.lock);
    memcpy(log, fake.log, sizeof log);
    fake.log[0] = '\0';
    pthread_mutex_unlock(&fake.lock);
    return log;
}

static void log_is(const char *expected)
{
    assert_string_equal(take_log(), expected);
}

/* ---- requests ------------------------------------------------------------ */

static struct store_request *edit(const char *letters, int n)
{
    char id[2] = {letters[0], '\0'};
    struct store_request *req = append_of(id, (uint64_t)n, (uint64_t)n + 1, "x");
    for (const char *more = letters + 1; *more; more++)
        assert_int_equal(
            store_request_add_row(req, slice_of(more, 1), (uint64_t)n, (uint64_t)n + 1, SLICE("x")), OK);
    req->now_ms = n;
    return req;
}

static struct store_request *save(const char *letter, int n)
{
    struct store_request *req = snapshot_of(letter, "text", (uint64_t)n);
    req->now_ms = n;
    return req;
}

static struct store_request *look(const char *letter, int n)
{
    struct store_request *req = load_of(letter);
    req->now_ms = n;
    return req;
}

static struct store_request *look_and_open(const char *letter, int n)
{
    struct store_request *req = look(letter, n);
    req->has_epoch = true;
    req->epoch = epoch_of('E', 0);
    return req;
}

static struct store_request *fail_fast(struct store_request *req)
{
    req->fail_fast = true;
    return req;
}

/* The next answer is that of request n. */
static void answered(struct fixture *f, int n, enum error result)
{
    struct store_request *req = next_answer(f, 10000);
    assert_non_null(req);
    assert_int_equal(req->now_ms, n);
    assert_string_equal(error_code(req->result), error_code(result));
    store_request_free(req);
}

/* The next answer is that of the append n; of its rows those of the bad document failed. */
static void answered_but_for(struct fixture *f, int n, char bad)
{
    struct store_request *req = next_answer(f, 10000);
    assert_non_null(req);
    assert_int_equal(req->now_ms, n);
    assert_int_equal(req->result, OK);
    for (uint32_t i = 0; i < req->row_count; i++)
        assert_int_equal(req->rows[i].outcome, req->rows[i].id.ptr[0] == bad ? ERR_STORAGE : OK);
    store_request_free(req);
}

/* ---- a store on the fake ------------------------------------------------- */

static struct engine_ops ops;

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    fixture_init(f, NULL);
    memset(&fake, 0, sizeof fake);
    fake.engine.ops = &ops;
    pthread_mutex_init(&fake.lock, NULL);
    pthread_cond_init(&fake.changed, NULL);
    f->engine = &ops;
    *state = f;
    return 0;
}

static int setup_one(void **state)
{
    ops = ONE_LANE;
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static int setup_two(void **state)
{
    ops = two_lanes();
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static int setup_shared(void **state)
{
    ops = two_lanes();
    ops.is_shared = true;
    ops.try_group = shared_try_group;
    ops.rejoin = shared_rejoin;
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static int teardown(void **state)
{
    uint32_t expected = fake.closes + (((struct fixture *)*state)->store != NULL);
    fixture_deinit(*state);
    assert_int_equal(fake.closes, expected);
    pthread_cond_destroy(&fake.changed);
    pthread_mutex_destroy(&fake.lock);
    test_free(*state);
    return 0;
}

/* ---- one lane -------------------------------------------------------------- */

static void an_engine_that_does_not_open_gives_its_sentence(void **state)
{
    struct fixture *f = *state;
    char message[512] = "";
    fixture_close(f);
    fake.open_result = ERR_SHUTTING_DOWN;
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_SHUTTING_DOWN);
    assert_non_null(strstr(message, "the fake does not want"));
    assert_non_null(strstr(message, f->path));
    assert_null(f->store);
    assert_int_equal(fake.closes, 1); /* of the first */
}

static void what_was_posted_meanwhile_is_one_group_in_order(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, look("a", 3));
    post(f, edit("a", 4));
    release(0);
    for (int n = 1; n <= 4; n++)
        answered(f, n, OK);
    log_is("[a1][b2 a3? a4]");
    assert_int_equal(store_stats(f->store).documents, 42);
    assert_int_equal(count(&fake.set_failing), 0);
    fixture_close(f);
    assert_true(count(&fake.housekeeping) >= 1);
}

static void after_a_failed_group_its_requests_are_tried_one_by_one(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_big_groups, true);
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    for (int n = 2; n <= 4; n++)
        post(f, edit(n == 3 ? "b" : "a", n));
    release(0);
    for (int n = 1; n <= 4; n++)
        answered(f, n, OK);
    log_is("[a1](a2 b3 a4)[a2][b3][a4]");
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1);
    assert_string_equal(f->last_text[STORE_EVENT_FAILED], "lane 0 is told to fail");
    assert_int_equal(count(&fake.set_failing), 1);
    assert_int_equal(count(&fake.unset_failing), 1);
}

/* Many documents share an append: one of them must not keep the others waiting. */
static void a_bad_document_is_answered_and_holds_up_no_other(void **state)
{
    struct fixture *f = *state;
    fail_writes_of('a');
    hold(0);
    post(f, edit("z", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    post(f, edit("bac", 4));
    post(f, save("a", 5));
    post(f, edit("c", 6));
    post(f, look("a", 7));
    release(0);
    answered(f, 1, OK);
    answered(f, 2, OK);
    answered_but_for(f, 3, 'a');
    answered_but_for(f, 4, 'a');
    answered(f, 5, ERR_STORAGE);
    answered(f, 6, OK);
    answered(f, 7, OK);
    log_is("[z1](b2 a3 b4 a5 c6 a7?)[b2](a3)(a3)(b4)[b4](a4)[c4](a5)(a5)[c6][a7?]");
    assert_int_equal(store_stats(f->store).queued_requests, 0);
    fail_writes_of(0);
    expect(f, edit("a", 8), OK);
}

/* It is no outage, and others need not hear of it. */
static void a_bad_document_is_no_outage(void **state)
{
    struct fixture *f = *state;
    fail_writes_of('a');
    for (int n = 1; n <= 3; n++) {
        post(f, edit("ab", n));
        answered_but_for(f, n, 'a');
        assert_false(store_is_failing(f->store));
    }
    assert_int_equal(event_count(f, STORE_EVENT_FAILED), 1); /* every 10 s */
    assert_string_equal(f->last_id[STORE_EVENT_FAILED], "a");
    assert_int_equal(event_count(f, STORE_EVENT_RECOVERED), 0);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE), 0);
    tell(&fake.fails_writes, true);
    post(f, edit("b", 4));
    wait_for_event(f, STORE_EVENT_OUTAGE, 1);
    assert_true(store_is_failing(f->store));
    wait_for_event(f, STORE_EVENT_FAILED, 2); /* at once: this one waits */
    tell(&fake.fails_writes, false);
    answered(f, 4, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 1);
    assert_false(store_is_failing(f->store));
}

/* The rows before it are not written twice, and what comes later waits behind it. */
static void an_outage_between_two_rows_is_waited_out(void **state)
{
    struct fixture *f = *state;
    pthread_mutex_lock(&fake.lock);
    fake.bad_document = fake.last_before_down = 'b';
    pthread_mutex_unlock(&fake.lock);
    hold(0);
    post(f, edit("abc", 1));
    post(f, save("c", 2));
    wait_until_holding(0);
    release(0);
    wait_for_event(f, STORE_EVENT_OUTAGE, 1);
    fail_writes_of(0);
    fake.last_before_down = 0;
    tell(&fake.is_down[0], false);
    answered_but_for(f, 1, 0);
    answered(f, 2, OK);
    const char *log = take_log();
    assert_non_null(strstr(log, "[a1](b1)"));
    assert_null(strstr(strstr(log, "[a1]") + 1, "[a1]"));
    assert_non_null(strstr(log, "[b1][c1][c2]"));
}

static void an_outage_is_probed_and_not_tried(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    uint32_t tries = count(&fake.tries);
    post(f, edit("b", 2)); /* waits behind the outage */
    post(f, look("c", 3));
    answered(f, 3, OK);
    /* A request that may not wait is tried, and its caller told. */
    post(f, fail_fast(save("d", 4)));
    answered(f, 4, ERR_STORAGE);
    post(f, look_and_open("e", 5));
    answered(f, 5, ERR_STORAGE);
    assert_true(store_is_failing(f->store));
    assert_true(count(&fake.tries) >= tries + 3);
    assert_null(strstr(take_log(), "(b2")); /* at most behind a1, when that is tried again */
    tell(&fake.fails_writes, false);
    answered(f, 1, OK);
    answered(f, 2, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_false(store_is_failing(f->store));
}

/* By doubling to five seconds alone, twelve tries would take half a minute. */
static void an_engine_says_how_often_is_tried(void **state)
{
    struct fixture *f = *state;
    fake.engine.retry_ms = 60;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    const int64_t from_us = clock_us();
    for (uint32_t tries = count(&fake.tries); count(&fake.tries) < tries + 12;)
        usleep(1000);
    assert_true(clock_us() - from_us < 15 * 1000 * 1000);
    tell(&fake.fails_writes, false);
    answered(f, 1, OK);
}

static void a_probe_alone_notices_the_recovery(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, fail_fast(save("a", 1)));
    answered(f, 1, ERR_STORAGE);
    uint32_t probes = count(&fake.probes), tries = count(&fake.tries);
    usleep(150000);
    assert_true(count(&fake.probes) > probes);
    assert_int_equal(count(&fake.tries), tries);
    tell(&fake.fails_writes, false);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(count(&fake.unset_failing), 1);
}

static void a_group_whose_answer_was_lost_is_asked_for_again_without_answers(void **state)
{
    struct fixture *f = *state;
    tell(&fake.loses_the_answer, true);
    post(f, edit("ab", 1)); /* expect_clear looks at the second try */
    answered(f, 1, OK);
    log_is("(a1)[a1][b1]");
}

static void a_read_that_cannot_even_begin_is_answered(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_everything, true);
    struct store_request *req = ask(f, look("a", 1));
    assert_int_equal(req->result, ERR_STORAGE);
    assert_false(req->found);
    store_request_free(req);
    assert_int_equal(event_count(f, STORE_EVENT_READ_FAILED), 1);
    assert_false(store_is_failing(f->store));
    tell(&fake.fails_everything, false);
    expect(f, look("a", 2), OK);
}

static void each_row_has_its_outcome(void **state)
{
    struct fixture *f = *state;
    struct store_request *req = ask(f, edit("abc", 1));
    assert_int_equal(req->result, OK);
    assert_int_equal(req->rows[0].outcome, OK);
    assert_int_equal(req->rows[1].outcome, ERR_BAD_REVISION);
    assert_int_equal(req->rows[2].outcome, OK);
    store_request_free(req);
}

static void closing_gives_up_when_the_time_is_over(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    assert_int_equal(store_close(f->store, 100), 3);
    f->store = NULL;
    for (int n = 1; n <= 3; n++)
        answered(f, n, ERR_STORAGE);
    assert_int_equal(count(&fake.closes), 1);
    assert_int_equal(fake.committed['a'], 0);
}

/* ---- two lanes ------------------------------------------------------------- */

static void lanes_work_side_by_side(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    expect(f, look("b", 2), OK);
    expect(f, save("c", 3), OK);
    log_is("[b2?][c3]");
    release(0);
    answered(f, 1, OK);
}

static void a_document_is_never_in_two_lanes(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("ab", 1));
    wait_until_holding(0);
    post(f, look("b", 2)); /* waits for lane 0 */
    post(f, save("b", 3)); /* behind it, in its own lane */
    post(f, edit("bc", 4));
    post(f, save("c", 5)); /* behind an append that itself waits */
    post(f, save("d", 6));
    answered(f, 6, OK);
    assert_null(next_answer(f, 30));
    log_is("[d6]");
    release(0);
    for (int n = 1; n <= 5; n++)
        answered(f, n, OK);
    log_is("[a1][b2? b3][b4][c5]");
}

static void who_appends_waits_for_no_snapshot(void **state)
{
    struct fixture *f = *state;
    hold(1);
    post(f, save("a", 1));
    wait_until_holding(1);
    post(f, save("b", 2)); /* waits behind it, in its own lane */
    expect(f, edit("abc", 3), OK);
    post(f, look("d", 4));
    post(f, edit("cd", 5)); /* waits for what is read */
    expect(f, edit("ab", 6), OK);
    assert_null(next_answer(f, 30));
    log_is("[a3][a6]");
    release(1);
    for (int n = 1; n <= 5; n++)
        if (n != 3)
            answered(f, n, OK);
    assert_int_equal(fake.committed['a'], 6);
}

/* As when the people of many documents leave at once. */
static void who_reads_does_not_wait_for_all_snapshots(void **state)
{
    struct fixture *f = *state;
    hold(1);
    post(f, save("x", 1));
    wait_until_holding(1);
    for (int n = 2; n <= 200; n++)
        post(f, save("a", n));
    post(f, fail_fast(save("b", 201)));
    post(f, look("c", 202));
    post(f, look("a", 203)); /* its text is still to be written */
    release(1);
    for (int answers = 0; answers < 203; answers++) {
        struct store_request *req = next_answer(f, 10000);
        assert_non_null(req);
        store_request_free(req);
    }
    const char *read = strstr(fake.log, "c202?");
    assert_non_null(read);
    assert_true(strstr(fake.log, "b201") < read);
    assert_true(strstr(fake.log, "a200") > read);
    assert_true(strstr(fake.log, "a203?") > strstr(fake.log, "a200"));
}

/* However much is appended in the meantime. */
static void a_snapshot_that_appends_overtake_has_its_turn(void **state)
{
    struct fixture *f = *state;
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, save("a", 2)); /* waits for what was appended before it */
    post(f, edit("a", 3));
    hold(1);
    assert_null(next_answer(f, 30));
    log_is("");
    release(0);
    answered(f, 1, OK);
    answered(f, 3, OK);
    hold(0);
    post(f, edit("a", 4));
    wait_until_holding(0);
    release(1);
    answered(f, 2, OK); /* and not for what comes after it */
    release(0);
    answered(f, 4, OK);
}

static void a_lane_that_fails_does_not_keep_readers_of_its_documents_waiting(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    expect(f, look("a", 2), ERR_STORAGE);
    expect(f, look_and_open("a", 3), ERR_STORAGE);
    expect(f, fail_fast(save("a", 4)), ERR_STORAGE);
    expect(f, look("b", 5), OK);
    post(f, save("a", 6)); /* may wait */
    assert_null(next_answer(f, 30));
    tell(&fake.is_down[0], false);
    answered(f, 1, OK);
    answered(f, 6, OK);
}

static void the_store_has_recovered_when_its_last_lane_has(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    tell(&fake.is_down[1], true);
    post(f, edit("a", 1));
    post(f, save("b", 2));
    wait_for_event(f, STORE_EVENT_FAILED, 2);
    tell(&fake.is_down[0], false);
    answered(f, 1, OK);
    assert_null(next_answer(f, 100));
    assert_true(store_is_failing(f->store));
    assert_int_equal(event_count(f, STORE_EVENT_RECOVERED), 0);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 0);
    tell(&fake.is_down[1], false);
    answered(f, 2, OK);
    wait_for_event(f, STORE_EVENT_RECOVERED, 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE), 1);
    assert_int_equal(event_count(f, STORE_EVENT_OUTAGE_OVER), 1);
    assert_false(store_is_failing(f->store));
}

static void closing_ends_lanes_that_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    tell(&fake.fails_writes, true);
    post(f, edit("a", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    post(f, save("a", 2));
    post(f, edit("a", 3));
    post(f, edit("b", 4));
    assert_int_equal(store_close(f->store, 100), 4);
    f->store = NULL;
    for (int answers = 0; answers < 4; answers++) {
        struct store_request *req = next_answer(f, 0);
        assert_non_null(req);
        assert_int_equal(req->result, ERR_STORAGE);
        store_request_free(req);
    }
}

/* A request that would succeed is given up, too, when an earlier one of its document is. */
static void closing_leaves_no_gap(void **state)
{
    struct fixture *f = *state;
    tell(&fake.is_down[0], true);
    post(f, edit("ab", 1));
    wait_for_event(f, STORE_EVENT_FAILED, 1);
    post(f, save("a", 2));
    post(f, edit("ac", 3));
    post(f, save("d", 4));
    answered(f, 4, OK);
    assert_int_equal(store_close(f->store, 100), 3);
    f->store = NULL;
    for (int answers = 0; answers < 3; answers++) {
        struct store_request *req = next_answer(f, 0);
        assert_non_null(req);
        assert_int_equal(req->result, ERR_STORAGE);
        store_request_free(req);
    }
    assert_int_equal(fake.committed['a'], 0);
    assert_int_equal(fake.committed['c'], 0);
}

static struct store_request *any_request(struct random *random, int n)
{
    static const char *const SETS[] = {"a", "b", "c", "d", "ab", "bc", "cd", "acd", "abcd"};
    const char *set = SETS[random_below(random, 9)];
    switch (random_below(random, 6)) {
    case 0:
        return save((const char[]){set[0], '\0'}, n);
    case 1:
        return look((const char[]){set[0], '\0'}, n);
    case 2:
        return look_and_open((const char[]){set[0], '\0'}, n);
    case 3:
        return fail_fast(save((const char[]){set[0], '\0'}, n));
    default:
        return edit(set, n);
    }
}

/* The fake itself checks order and exclusion: in work_on and commit. */
static void random_requests_keep_their_order(void **state)
{
    struct fixture *f = *state;
    struct random random = random_start();
    fake.random = random;
    fake.random_failures = 12;
    int requests = (int)random_rounds(600), answers = 0;
    for (int n = 1; n <= requests; n++) {
        post(f, any_request(&random, n));
        for (struct store_request *req; n - answers > 40 && (req = next_answer(f, 10000)); answers++)
            store_request_free(req);
        assert_true(n - answers <= 40);
    }
    pthread_mutex_lock(&fake.lock);
    fake.random_failures = 0;
    pthread_mutex_unlock(&fake.lock);
    for (; answers < requests; answers++) {
        struct store_request *req = next_answer(f, 10000);
        assert_non_null(req);
        assert_true(req->result == OK || req->kind != STORE_APPEND);
        store_request_free(req);
    }
    assert_int_equal(store_stats(f->store).queued_requests, 0);
}

static void what_waits_when_a_new_life_begins_belongs_to_the_old_one(void **state)
{
    struct fixture *f = *state;
    assert_true(store_is_shared(f->store));
    hold(0);
    post(f, edit("a", 1));
    wait_until_holding(0);
    post(f, edit("b", 2));
    post(f, edit("a", 3));
    store_rejoin(f->store);
    post(f, edit("a", 4));
    release(0);
    answered(f, 1, ERR_MOVED);
    answered(f, 2, ERR_MOVED);
    answered(f, 3, ERR_MOVED);
    answered(f, 4, OK);
    log_is("[a1][b2 a3 a4]");
}

#define ONE(function) cmocka_unit_test_setup_teardown(function, setup_one, teardown)
#define TWO(function) cmocka_unit_test_setup_teardown(function, setup_two, teardown)
#define SHARED(function) cmocka_unit_test_setup_teardown(function, setup_shared, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(an_engine_that_does_not_open_gives_its_sentence),
        ONE(what_was_posted_meanwhile_is_one_group_in_order),
        ONE(after_a_failed_group_its_requests_are_tried_one_by_one),
        ONE(a_bad_document_is_answered_and_holds_up_no_other),
        ONE(a_bad_document_is_no_outage),
        ONE(an_outage_between_two_rows_is_waited_out),
        ONE(an_outage_is_probed_and_not_tried),
        ONE(an_engine_says_how_often_is_tried),
        ONE(a_probe_alone_notices_the_recovery),
        ONE(a_group_whose_answer_was_lost_is_asked_for_again_without_answers),
        ONE(a_read_that_cannot_even_begin_is_answered),
        ONE(each_row_has_its_outcome),
        ONE(closing_gives_up_when_the_time_is_over),
        TWO(lanes_work_side_by_side),
        TWO(a_document_is_never_in_two_lanes),
        TWO(who_appends_waits_for_no_snapshot),
        TWO(a_snapshot_that_appends_overtake_has_its_turn),
        TWO(who_reads_does_not_wait_for_all_snapshots),
        TWO(a_lane_that_fails_does_not_keep_readers_of_its_documents_waiting),
        TWO(the_store_has_recovered_when_its_last_lane_has),
        TWO(closing_ends_lanes_that_wait_for_each_other),
        TWO(closing_leaves_no_gap),
        TWO(random_requests_keep_their_order),
        SHARED(what_waits_when_a_new_life_begins_belongs_to_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
