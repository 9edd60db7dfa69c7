/* scripted_engine.h - a store on an engine that does as it is told, and says what it was asked for. */
#ifndef KOLABPAD_TESTS_SCRIPTED_ENGINE_H
#define KOLABPAD_TESTS_SCRIPTED_ENGINE_H

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

static inline void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void note(const char *format, ...)
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

static inline bool concerns(const struct store_request *req, char letter)
{
    unsigned char letters[16];
    for (uint32_t i = documents_of(req, letters); i > 0; i--)
        if (letters[i - 1] == (unsigned char)letter)
            return true;
    return false;
}

static inline bool may_overtake(const struct store_request *later, const struct store_request *earlier)
{
    return later->kind == STORE_APPEND && earlier->kind == STORE_SNAPSHOT && later->now_ms > earlier->now_ms;
}

/* Enters or leaves all documents of a group. No other lane may be there, but for one that appends to what
 * another one has begun to save. */
static inline void work_on(struct link *group, uint32_t lane, bool begins)
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

static inline bool must_fail(struct link *group, uint32_t lane)
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

static inline void log_group(struct link *group, bool fails)
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
static inline void commit(struct link *group)
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

static inline void expect_clear(struct link *group)
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
static inline void answer(struct link *group)
{
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        req->found = true;
        for (uint32_t i = 1; i < req->row_count; i += 2)
            req->rows[i].outcome = ERR_BAD_REVISION;
    }
}

static inline enum error fake_try_group(struct engine *e, uint32_t lane, struct link *group)
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

static inline enum error fake_open(const struct store_config *config, struct engine **out, char *message)
{
    if (fake.open_result)
        snprintf(message, MESSAGE_BYTES, "the fake does not want %.*s", (int)config->uri.len,
                 config->uri.ptr);
    else
        *out = &fake.engine;
    return fake.open_result;
}

static inline void fake_close(struct engine *e)
{
    assert_ptr_equal(e, &fake.engine);
    fake.closes++;
}

static uint32_t fake_lane_of(const struct store_request *req)
{
    return req->kind == STORE_APPEND ? 0 : 1;
}

static inline void fake_set_failing(struct engine *e, uint32_t lane, bool is_failing)
{
    (void)e;
    (void)lane;
    pthread_mutex_lock(&fake.lock);
    fake.set_failing += is_failing;
    fake.unset_failing += !is_failing;
    pthread_mutex_unlock(&fake.lock);
}

static inline bool fake_probe(struct engine *e, uint32_t lane)
{
    (void)e;
    pthread_mutex_lock(&fake.lock);
    bool works = !fake.fails_writes && !fake.fails_everything && !fake.is_down[lane];
    fake.probes++;
    pthread_mutex_unlock(&fake.lock);
    return works;
}

static inline bool fake_after_answers(struct engine *e, uint32_t lane)
{
    (void)e;
    (void)lane;
    pthread_mutex_lock(&fake.lock);
    fake.housekeeping++;
    pthread_mutex_unlock(&fake.lock);
    return false;
}

static inline const char *fake_why(const struct engine *e, uint32_t lane)
{
    (void)e;
    return lane == 0 ? "lane 0 is told to fail" : "lane 1 is told to fail";
}

static inline void fake_stats(const struct engine *e, struct store_stats *stats)
{
    (void)e;
    stats->documents = 42;
}

/* As an engine that several servers share: what is of an earlier life is over. */
static inline enum error shared_try_group(struct engine *e, uint32_t lane, struct link *group)
{
    enum error err = fake_try_group(e, lane, group);
    LIST_EACH (pos, following, group) {
        if (request_of(pos)->life != fake.life)
            request_of(pos)->result = ERR_MOVED;
    }
    return err;
}

static inline void shared_rejoin(struct engine *e, uint32_t life)
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
static inline struct engine_ops two_lanes(void)
{
    struct engine_ops ops = ONE_LANE;
    ops.lanes = 2;
    ops.lane_of = fake_lane_of;
    return ops;
}

/* ---- telling it ---------------------------------------------------------- */

static inline void tell(bool *what, bool value)
{
    pthread_mutex_lock(&fake.lock);
    *what = value;
    pthread_mutex_unlock(&fake.lock);
}

static inline void hold(uint32_t lane)
{
    tell(&fake.is_held[lane], true);
}

static inline void wait_until_holding(uint32_t lane)
{
    pthread_mutex_lock(&fake.lock);
    while (!fake.waits[lane])
        pthread_cond_wait(&fake.changed, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static inline void release(uint32_t lane)
{
    pthread_mutex_lock(&fake.lock);
    fake.is_held[lane] = false;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

/* The groups since the last call. */
static inline const char *take_log(void)
{
    static char log[LOG_BYTES];
    pthread_mutex_lock(&fake.lock);
    memcpy(log, fake.log, sizeof log);
    fake.log[0] = '\0';
    pthread_mutex_unlock(&fake.lock);
    return log;
}

static inline void log_is(const char *expected)
{
    assert_string_equal(take_log(), expected);
}

/* ---- requests ------------------------------------------------------------ */

static inline struct store_request *edit(const char *letters, int n)
{
    char id[2] = {letters[0], '\0'};
    struct store_request *req = append_of(id, (uint64_t)n, (uint64_t)n + 1, "x");
    for (const char *more = letters + 1; *more; more++)
        assert_int_equal(
            store_request_add_row(req, slice_of(more, 1), (uint64_t)n, (uint64_t)n + 1, SLICE("x")), OK);
    req->now_ms = n;
    return req;
}

static inline struct store_request *save(const char *letter, int n)
{
    struct store_request *req = snapshot_of(letter, "text", (uint64_t)n);
    req->now_ms = n;
    return req;
}

static inline struct store_request *look(const char *letter, int n)
{
    struct store_request *req = load_of(letter);
    req->now_ms = n;
    return req;
}

static inline struct store_request *look_and_open(const char *letter, int n)
{
    struct store_request *req = look(letter, n);
    req->has_epoch = true;
    req->epoch = epoch_of('E', 0);
    return req;
}

static inline struct store_request *fail_fast(struct store_request *req)
{
    req->fail_fast = true;
    return req;
}

/* The next answer is that of request n. */
static inline void answered(struct fixture *f, int n, enum error result)
{
    struct store_request *req = next_answer(f, 10000);
    assert_non_null(req);
    assert_int_equal(req->now_ms, n);
    assert_string_equal(error_code(req->result), error_code(result));
    store_request_free(req);
}

/* ---- a store on the fake ------------------------------------------------- */

static struct engine_ops ops;

static inline int setup(void **state)
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

static inline int setup_one(void **state)
{
    ops = ONE_LANE;
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static inline int setup_two(void **state)
{
    ops = two_lanes();
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static inline int setup_shared(void **state)
{
    ops = two_lanes();
    ops.is_shared = true;
    ops.try_group = shared_try_group;
    ops.rejoin = shared_rejoin;
    setup(state);
    fixture_open(*state, STORE_JOURNAL);
    return 0;
}

static inline int teardown(void **state)
{
    uint32_t expected = fake.closes + (((struct fixture *)*state)->store != NULL);
    fixture_deinit(*state);
    assert_int_equal(fake.closes, expected);
    pthread_cond_destroy(&fake.changed);
    pthread_mutex_destroy(&fake.lock);
    test_free(*state);
    return 0;
}

/* ---- two lanes ------------------------------------------------------------- */

#define ONE(function) cmocka_unit_test_setup_teardown(function, setup_one, teardown)
#define TWO(function) cmocka_unit_test_setup_teardown(function, setup_two, teardown)
#define SHARED(function) cmocka_unit_test_setup_teardown(function, setup_shared, teardown)

#endif
