#include "support/store_fixture.h"

#include <time.h>

const struct fixture_database *fixture_database;

/* ---- events ------------------------------------------------------------ */

static void on_event(void *arg, enum store_event event, uint64_t duration_us, uint32_t count, struct slice id,
                     const char *text)
{
    struct fixture *f = arg;
    (void)duration_us;
    pthread_mutex_lock(&f->lock);
    snprintf(f->last_id[event], sizeof f->last_id[event], "%.*s", (int)id.len, id.ptr ? id.ptr : "");
    f->counts[event]++;
    snprintf(f->last_text[event], sizeof f->last_text[event], "%s", text);
    if (event == STORE_EVENT_WROTE && f->group_count < FIXTURE_EVENTS)
        f->group_sizes[f->group_count++] = count;
    while (event == STORE_EVENT_WROTE && f->hold_writes) {
        f->is_held = true;
        pthread_cond_broadcast(&f->changed);
        pthread_cond_wait(&f->changed, &f->lock);
    }
    if (event == STORE_EVENT_WROTE)
        f->is_held = false;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static void on_wake(struct store_mailbox *box)
{
    struct fixture *f = box->owner;
    pthread_mutex_lock(&f->lock);
    f->woken = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static bool should_stop(void *arg)
{
    struct fixture *f = arg;
    pthread_mutex_lock(&f->lock);
    bool stop = f->stop_waiting;
    pthread_mutex_unlock(&f->lock);
    return stop;
}

static int64_t wall_ms(void *arg)
{
    struct fixture *f = arg;
    return f->wall_ms;
}

static struct timespec in_ms(int ms)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

uint32_t event_count(struct fixture *f, enum store_event event)
{
    pthread_mutex_lock(&f->lock);
    uint32_t count = f->counts[event];
    pthread_mutex_unlock(&f->lock);
    return count;
}

void wait_for_event(struct fixture *f, enum store_event event, uint32_t count)
{
    struct timespec at = in_ms(10000);
    int failed = 0;
    pthread_mutex_lock(&f->lock);
    while (f->counts[event] < count && !failed)
        failed = pthread_cond_timedwait(&f->changed, &f->lock, &at);
    pthread_mutex_unlock(&f->lock);
    assert_int_equal(failed, 0);
}

void hold_writes(struct fixture *f)
{
    pthread_mutex_lock(&f->lock);
    f->hold_writes = true;
    pthread_mutex_unlock(&f->lock);
}

void wait_until_held(struct fixture *f)
{
    pthread_mutex_lock(&f->lock);
    while (!f->is_held)
        pthread_cond_wait(&f->changed, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

void release_writes(struct fixture *f)
{
    pthread_mutex_lock(&f->lock);
    f->hold_writes = false;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

/* ---- the store --------------------------------------------------------- */

void fixture_init(struct fixture *f, const char *uri_format)
{
    memset(f, 0, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/kp_store_XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/pads.db", f->folder);
    const char *mark = uri_format ? strstr(uri_format, "%s") : NULL;
    if (mark)
        snprintf(f->uri, sizeof f->uri, "%.*s%s%s", (int)(mark - uri_format), uri_format, f->path, mark + 2);
    else
        snprintf(f->uri, sizeof f->uri, "%s", f->path);
    if (fixture_database)
        fixture_database->init(f);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    store_mailbox_init(&f->box, on_wake, f);
    list_init(&f->answers);
}

enum error fixture_try_open(struct fixture *f, enum store_durability durability, char message[512])
{
    struct store_config config = {
        .uri = slice_from_cstr(f->uri),
        .durability = durability,
        .expiry_ms = f->expiry_ms,
        .keeps_history = f->keeps_history,
        .wall_ms = f->has_wall ? wall_ms : NULL,
        .on_event = on_event,
        .arg = f,
        .should_stop = should_stop,
    };
    return f->engine ? store_open_with(f->engine, &config, &f->store, message)
                     : store_open(&config, &f->store, message);
}

static void set_now(struct fixture *f, int64_t ms)
{
    if (fixture_database && f->store && f->wall_ms != ms)
        fixture_database->set_now(f, ms);
    f->wall_ms = ms;
}

void fixture_open(struct fixture *f, enum store_durability durability)
{
    char message[512] = "";
    enum error err = fixture_try_open(f, durability, message);
    if (err)
        print_error("%s\n", message);
    assert_int_equal(err, OK);
    if (fixture_database && f->has_wall)
        fixture_database->set_now(f, f->wall_ms);
}

void fixture_close(struct fixture *f)
{
    assert_int_equal(store_close(f->store, 5000), 0);
    f->store = NULL;
}

void fixture_deinit(struct fixture *f)
{
    if (f->store)
        fixture_close(f);
    struct store_request *req;
    while ((req = next_answer(f, 0)))
        store_request_free(req);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    if (fixture_database)
        fixture_database->deinit(f);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
}

/* ---- asking ------------------------------------------------------------ */

void post(struct fixture *f, struct store_request *req)
{
    req->reply_to = &f->box;
    if (f->has_wall && req->now_ms)
        set_now(f, req->now_ms);
    store_post(f->store, req);
}

struct store_request *next_answer(struct fixture *f, int timeout_ms)
{
    struct timespec at = in_ms(timeout_ms);
    for (int failed = 0; list_is_empty(&f->answers) && !failed;) {
        store_take(f->store, &f->box, &f->answers);
        if (!list_is_empty(&f->answers))
            break;
        pthread_mutex_lock(&f->lock);
        while (!f->woken && !failed)
            failed = pthread_cond_timedwait(&f->changed, &f->lock, &at);
        f->woken = false;
        pthread_mutex_unlock(&f->lock);
    }
    if (list_is_empty(&f->answers))
        return NULL;
    struct link *first = f->answers.next;
    list_remove(first);
    return LIST_ITEM(first, struct store_request, link);
}

struct store_request *ask(struct fixture *f, struct store_request *req)
{
    post(f, req);
    struct store_request *answer = next_answer(f, 20000);
    assert_ptr_equal(answer, req);
    return answer;
}

void expect(struct fixture *f, struct store_request *req, enum error result)
{
    ask(f, req);
    assert_string_equal(error_code(req->result), error_code(result));
    store_request_free(req);
}

static struct store_request *request_of(enum store_kind kind, const char *id)
{
    struct store_request *req = store_request_new(kind, slice_from_cstr(id));
    assert_non_null(req);
    req->now_ms = T0_MS;
    return req;
}

struct store_request *load_of(const char *id)
{
    return request_of(STORE_LOAD, id);
}

struct store_request *load_with_epoch(const char *id, char epoch)
{
    struct store_request *req = request_of(STORE_LOAD, id);
    req->has_epoch = true;
    req->epoch = epoch_of(epoch, 0);
    return req;
}

struct store_request *peek_of(const char *id)
{
    return request_of(STORE_PEEK, id);
}

struct store_request *append_of(const char *id, uint64_t first, uint64_t end, const char *batch)
{
    struct store_request *req = request_of(STORE_APPEND, NULL);
    assert_int_equal(store_request_add_row(req, slice_from_cstr(id), first, end, slice_from_cstr(batch)), OK);
    req->rows[0].touch = true;
    return req;
}

struct store_request *snapshot_of(const char *id, const char *text, uint64_t revision)
{
    struct store_request *req = request_of(STORE_SNAPSHOT, id);
    assert_int_equal(store_request_copy(req, slice_from_cstr(text), &req->text), OK);
    req->revision = revision;
    return req;
}

struct store_request *open_of(const char *id, char epoch, uint64_t first_revision)
{
    struct store_request *req = request_of(STORE_OPEN, id);
    req->has_epoch = true;
    req->epoch = epoch_of(epoch, first_revision);
    return req;
}

struct store_request *delete_of(const char *id, int64_t cutoff_ms)
{
    struct store_request *req = request_of(STORE_DELETE, id);
    req->cutoff_ms = cutoff_ms;
    return req;
}

struct store_request *expired_of(int64_t unused_ms)
{
    struct store_request *req = request_of(STORE_EXPIRED, NULL);
    req->now_ms = 0;
    req->unused_ms = unused_ms;
    req->max_ids = 100;
    return req;
}

struct store_epoch epoch_of(char name, uint64_t first_revision)
{
    struct store_epoch epoch = {.first_revision = first_revision};
    memset(epoch.id.bytes, name, sizeof epoch.id.bytes);
    return epoch;
}

void assert_slice(struct slice s, const char *expected)
{
    if (!expected) {
        assert_null(s.ptr);
        return;
    }
    assert_int_equal(s.len, strlen(expected));
    assert_memory_equal(s.ptr, expected, s.len);
}

static int keep_last(void *arg, int columns, char **values, char **names)
{
    (void)columns;
    (void)names;
    snprintf(arg, 256, "%s", values[0] ? values[0] : "NULL");
    return 0;
}

uint64_t documents_in(struct fixture *f)
{
    return fixture_database ? strtoull(sql(f, "SELECT count(*) FROM documents"), NULL, 10)
                            : store_stats(f->store).documents;
}

const char *sql(struct fixture *f, const char *statements)
{
    static char answer[256];
    if (fixture_database)
        return fixture_database->look(f, statements);
    answer[0] = '\0';
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    if (sqlite3_exec(db, statements, keep_last, answer, &why) != SQLITE_OK)
        fail_msg("%s: %s", statements, why);
    sqlite3_close(db);
    return answer;
}
