#include "support/fake_store.h"

#include "store/request.h"

/* ---- the host ---- */

static int64_t host_wall_ms(void *owner)
{
    const struct fake_store *s = owner;
    return s->now_ms + s->wall_ahead_ms;
}

static int64_t host_now_ms(void *owner)
{
    return ((struct fake_store *)owner)->now_ms;
}

static void host_want_timer(void *owner, int64_t in_ms)
{
    struct fake_store *s = owner;
    int64_t due_ms = s->now_ms + (in_ms < 1 ? 1 : in_ms);
    if (s->timer_due_ms == 0 || due_ms < s->timer_due_ms)
        s->timer_due_ms = due_ms;
}

static void host_post(void *owner, struct store_request *req)
{
    struct fake_store *s = owner;
    list_append(&s->posted, &req->link);
    s->posted_count[req->kind]++;
}

static bool host_lease_is_over(void *owner)
{
    return ((struct fake_store *)owner)->is_lease_over;
}

const struct documents_host fake_store_host = {.now_ms = host_now_ms,
                                               .wall_ms = host_wall_ms,
                                               .want_timer = host_want_timer,
                                               .post = host_post,
                                               .lease_is_over = host_lease_is_over};

/* ---- make and let go ---- */

void fake_store_init(struct fake_store *s, int64_t now_ms)
{
    *s = (struct fake_store){.now_ms = now_ms};
    fake_tables_init(&s->tables);
    list_init(&s->posted);
    list_init(&s->carried_out);
}

void fake_store_deinit(struct fake_store *s)
{
    fake_store_lose_all(s);
    fake_tables_deinit(&s->tables);
}

/* ---- look ---- */

const struct store_request *fake_store_waiting(const struct fake_store *s, enum store_kind kind)
{
    LIST_EACH (at, following, &s->posted) {
        if (request_of(at)->kind == kind)
            return request_of(at);
    }
    return NULL;
}

static uint32_t count_links(const struct link *head)
{
    uint32_t count = 0;
    LIST_EACH (at, following, head)
        count++;
    return count;
}

uint32_t fake_store_count(const struct fake_store *s)
{
    return count_links(&s->posted) + count_links(&s->carried_out);
}

bool fake_store_timer_is_due(const struct fake_store *s)
{
    return s->timer_due_ms != 0 && s->timer_due_ms <= s->now_ms;
}

struct fake_document *fake_store_row(const struct fake_store *s, const char *id)
{
    return fake_tables_find(&s->tables, slice_from_cstr(id));
}

/* ---- which may be carried out ---- */

static bool is_about(const struct store_request *req, struct slice id)
{
    for (uint32_t i = 0; i < req->row_count; i++) {
        if (slice_equal(req->rows[i].id, id))
            return true;
    }
    return slice_equal(req->id, id);
}

/* Is there an older one about one of its documents? */
static bool is_behind_another(const struct fake_store *s, const struct store_request *req)
{
    for (struct link *at = req->link.prev; at != &s->posted; at = at->prev) {
        if (request_shares_document(req, request_of(at)))
            return true;
    }
    return false;
}

static bool waits_for_recovery(const struct fake_store *s, const struct store_request *req)
{
    return s->is_failing && request_may_wait(req);
}

/* A read or a write in a hurry, which is told at once that it must fail. */
static bool must_fail(struct fake_store *s, const struct store_request *req)
{
    if (s->to_fail[req->kind] > 0) {
        s->to_fail[req->kind]--;
        return true;
    }
    return s->is_failing && (request_is_write(req) || is_behind_another(s, req));
}

/* The others of the request are written. */
static void refuse_first_row(struct fake_store *s, struct store_request *req)
{
    s->has_conflict = false;
    req->rows++;
    req->row_count--;
    fake_tables_carry_out(&s->tables, req);
    req->rows--;
    req->row_count++;
    req->rows[0].outcome = ERR_CONFLICT;
}

static void carry_out(struct fake_store *s, struct store_request *req)
{
    if (s->is_dead) {
        request_clear_answer(req);
        req->result = ERR_MOVED;
    } else if (s->has_conflict && req->kind == STORE_APPEND) {
        refuse_first_row(s, req);
    } else if (must_fail(s, req)) {
        request_clear_answer(req);
        req->result = ERR_STORAGE;
    } else {
        fake_tables_carry_out(&s->tables, req);
    }
    list_remove(&req->link);
    list_append(&s->carried_out, &req->link);
}

/* ---- work ---- */

uint32_t fake_store_carry_out(struct fake_store *s, uint32_t count)
{
    uint32_t done = 0;
    LIST_EACH (at, following, &s->posted) {
        if (done == count)
            break;
        if (waits_for_recovery(s, request_of(at)))
            continue;
        carry_out(s, request_of(at));
        done++;
    }
    return done;
}

static void give_back(struct store_request *req)
{
    list_remove(&req->link);
    if (req->done)
        req->done(req);
    else
        store_request_free(req);
}

void fake_store_deliver(struct fake_store *s)
{
    while (!list_is_empty(&s->carried_out))
        give_back(request_of(s->carried_out.next));
}

bool fake_store_answer_one(struct fake_store *s)
{
    bool is_any = fake_store_carry_out(s, 1) > 0;
    fake_store_deliver(s);
    return is_any;
}

bool fake_store_answer_document(struct fake_store *s, struct slice id)
{
    LIST_EACH (at, following, &s->posted) {
        struct store_request *req = request_of(at);
        bool is_it = is_about(req, id) && !waits_for_recovery(s, req);
        if (!is_it || (!s->is_failing && is_behind_another(s, req)))
            continue;
        carry_out(s, req);
        fake_store_deliver(s);
        return true;
    }
    return false;
}

void fake_store_answer_all(struct fake_store *s)
{
    while (fake_store_answer_one(s))
        ;
}

/* ---- trouble ---- */

void fake_store_fail_next(struct fake_store *s, enum store_kind kind)
{
    s->to_fail[kind]++;
}

void fake_store_conflict_next(struct fake_store *s)
{
    s->has_conflict = true;
}

static void lose(struct store_request *req)
{
    request_clear_answer(req);
    req->result = ERR_STORAGE;
    give_back(req);
}

void fake_store_lose_all(struct fake_store *s)
{
    while (!list_is_empty(&s->carried_out))
        lose(request_of(s->carried_out.next));
    while (!list_is_empty(&s->posted))
        lose(request_of(s->posted.next));
}
