#include "store/store.h"

#include "base/alloc.h"
#include "store/clock.h"
#include "store/request.h"
#include "store/sqlite/lock.h"
#include "store/worker.h"

#include <pthread.h>
#include <signal.h>

struct store {
    struct store_config config;
    struct location location;
    struct lock file_lock;
    struct database db;   /* the thread's, once it runs */
    struct worker worker; /* the thread's */
    pthread_t thread;
    uint32_t unwritten; /* the thread's last word */
    _Atomic uint64_t documents;

    pthread_mutex_t lock; /* guards what follows, and every mailbox's `done` */
    pthread_cond_t posted;
    struct link queue;
    bool is_asleep;
    bool is_closing;
    bool has_hurried;          /* the thread's: it knows of the closing */
    int64_t patience_until_us; /* when closing */
    uint64_t unanswered;
    int64_t oldest_posted_us; /* of what the thread has taken and not answered; 0: nothing */
};

void store_mailbox_init(struct store_mailbox *box, void (*wake)(struct store_mailbox *), void *owner)
{
    *box = (struct store_mailbox){.wake = wake, .owner = owner};
    list_init(&box->done);
    list_init(&box->to_wake);
}

/* ---- the callers' side ------------------------------------------------- */

void store_post(struct store *s, struct store_request *req)
{
    req->posted_us = clock_us();
    pthread_mutex_lock(&s->lock);
    list_append(&s->queue, &req->link);
    s->unanswered++;
    bool must_wake = s->is_asleep;
    s->is_asleep = false;
    pthread_mutex_unlock(&s->lock);
    if (must_wake)
        pthread_cond_signal(&s->posted);
}

void store_take(struct store *s, struct store_mailbox *box, struct link *out)
{
    if (s)
        pthread_mutex_lock(&s->lock);
    requests_move(&box->done, out);
    if (s)
        pthread_mutex_unlock(&s->lock);
}

bool store_is_failing(const struct store *s)
{
    return s->worker.is_failing;
}

struct store_stats store_stats(const struct store *s)
{
    /* Const for the caller; a lock is not part of what he sees. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&s->lock;
    struct store_stats stats = {.documents = s->documents};

    pthread_mutex_lock(lock);
    stats.queued_requests = s->unanswered;
    int64_t oldest = s->oldest_posted_us;
    if (!oldest && !list_is_empty(&s->queue))
        oldest = request_of(s->queue.next)->posted_us;
    pthread_mutex_unlock(lock);

    if (oldest)
        stats.oldest_wait_ms = (uint64_t)(clock_us() - oldest) / 1000;
    stats.database_bytes = location_size_bytes(&s->location);
    struct location_disk disk = location_disk(&s->location);
    stats.disk_bytes = disk.bytes;
    stats.disk_free_bytes = disk.free_bytes;
    stats.disk_read_only = disk.read_only;
    return stats;
}

/* ---- answers ----------------------------------------------------------- */

/* Puts an answer into its mailbox and notes whom to wake: an owner who has
 * not yet taken earlier answers is awake already. */
static void put_answer(struct store_request *req, struct link *to_wake)
{
    struct store_mailbox *box = req->reply_to;
    if (list_is_empty(&box->done))
        list_append(to_wake, &box->to_wake);
    list_append(&box->done, &req->link);
}

static void deliver(struct store *s)
{
    struct link to_wake, unclaimed;
    list_init(&to_wake);
    list_init(&unclaimed);
    s->documents = s->db.documents;

    pthread_mutex_lock(&s->lock);
    LIST_EACH (pos, following, &s->worker.done) {
        list_remove(pos);
        s->unanswered--;
        if (request_of(pos)->reply_to)
            put_answer(request_of(pos), &to_wake);
        else
            list_append(&unclaimed, pos);
    }
    pthread_mutex_unlock(&s->lock);

    LIST_EACH (pos, following, &to_wake) {
        struct store_mailbox *box = LIST_ITEM(pos, struct store_mailbox, to_wake);
        list_remove(pos);
        if (box->wake)
            box->wake(box);
    }
    LIST_EACH (pos, following, &unclaimed) {
        list_remove(pos);
        store_request_free(request_of(pos));
    }
}

/* ---- the thread -------------------------------------------------------- */

static void carry_out(struct store *s, struct link *requests)
{
    while (!list_is_empty(requests)) {
        worker_step(&s->worker, requests);
        deliver(s);
    }
    worker_settle(&s->worker);
}

static bool is_retry_due(const struct store *s, int64_t now_us)
{
    return s->worker.is_failing && now_us >= s->worker.retry_at_us;
}

/* Sleeps until there is a post, a retry is due or patience ends; holds the lock. */
static void sleep_until_work(struct store *s)
{
    int64_t until = s->worker.is_failing ? s->worker.retry_at_us : INT64_MAX;
    if (s->is_closing && s->patience_until_us < until)
        until = s->patience_until_us;
    s->is_asleep = true;
    if (until == INT64_MAX) {
        pthread_cond_wait(&s->posted, &s->lock);
    } else {
        struct timespec at = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
        pthread_cond_timedwait(&s->posted, &s->lock, &at);
    }
    s->is_asleep = false;
}

static int64_t head_posted_us(const struct link *list)
{
    return list_is_empty(list) ? 0 : request_of(list->next)->posted_us;
}

/* When the store is closing there is no sense in waiting out a long backoff. */
static void hurry_once(struct store *s)
{
    if (s->is_closing && !s->has_hurried)
        worker_hurry(&s->worker);
    s->has_hurried = s->is_closing;
}

/* Takes what was posted. False when it is time to close. */
static bool next_work(struct store *s, struct link *fresh)
{
    bool is_open = true;
    pthread_mutex_lock(&s->lock);
    s->oldest_posted_us = head_posted_us(&s->worker.stuck);
    while (list_is_empty(&s->queue)) {
        hurry_once(s);
        int64_t now = clock_us();
        is_open = !s->is_closing || (s->worker.stuck_count > 0 && now < s->patience_until_us);
        if (!is_open || is_retry_due(s, now))
            break;
        sleep_until_work(s);
    }
    requests_move(&s->queue, fresh);
    if (!s->oldest_posted_us)
        s->oldest_posted_us = head_posted_us(fresh);
    pthread_mutex_unlock(&s->lock);
    return is_open;
}

static void *run(void *arg)
{
    struct store *s = arg;
    struct link fresh, again;
    list_init(&fresh);
    list_init(&again);
    while (next_work(s, &fresh)) {
        if (is_retry_due(s, clock_us())) {
            worker_take_stuck(&s->worker, &again);
            carry_out(s, &again);
        }
        carry_out(s, &fresh);
        database_checkpoint_if_due(&s->db);
    }
    s->unwritten = worker_give_up(&s->worker);
    deliver(s);
    return NULL;
}

/* ---- open and close ---------------------------------------------------- */

static void init_lock(struct store *s)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->posted, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->lock, NULL);
}

/* Signals are the main thread's: this one blocks them all, but for those that
 * it brings about itself. */
static int start_thread(struct store *s)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPROF};
    sigset_t all, before;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&s->thread, NULL, run, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        pthread_setname_np(s->thread, "store");
    return failed;
}

static enum error open_file(struct store *s, char *message)
{
    enum error err = location_parse(s->config.uri, &s->location, message);
    if (!err)
        err = location_prepare(&s->location, message);
    if (!err && !s->location.in_memory)
        err = lock_take(&s->file_lock, s->location.path, &s->config, message);
    if (!err)
        err = database_open(&s->db, &s->location, &s->config, message);
    return err;
}

enum error store_open(const struct store_config *config, struct store **out, char message[MESSAGE_BYTES])
{
    struct store *s = mem_alloc(sizeof *s);
    if (!s) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    *s = (struct store){.config = *config, .file_lock = {.fd = -1}};
    list_init(&s->queue);

    enum error err = open_file(s, message);
    if (err)
        goto release;
    s->documents = s->db.documents;
    worker_init(&s->worker, &s->db, &s->config);
    init_lock(s);
    if (start_thread(s)) {
        err = message_error(message, "Cannot start a thread for the database.");
        goto destroy;
    }
    *out = s;
    return OK;

destroy:
    pthread_cond_destroy(&s->posted);
    pthread_mutex_destroy(&s->lock);
    database_close(&s->db);
release:
    lock_release(&s->file_lock);
    mem_free(s);
    return err;
}

uint32_t store_close(struct store *s, int64_t patience_ms)
{
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    s->patience_until_us = clock_us() + patience_ms * 1000;
    pthread_mutex_unlock(&s->lock);
    pthread_cond_signal(&s->posted);
    pthread_join(s->thread, NULL);

    uint32_t unwritten = s->unwritten;
    database_close(&s->db);
    lock_release(&s->file_lock);
    pthread_cond_destroy(&s->posted);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
    return unwritten;
}
