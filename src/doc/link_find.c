#include "doc/link_find.h"

#include "guard/token.h"
#include "observe/metrics.h"

static enum error found_nothing(struct link_find *find)
{
    struct documents *docs = find->documents;
    metric_inc(METRIC_LINK_ERRORS);
    limits_take(docs->limits, LIMIT_PASSWORD_ATTEMPT, find->client, documents_now_ms(docs));
    return ERR_WITHDRAWN;
}

static void on_found(struct store_request *req)
{
    struct link_find *find = req->context;
    if (find) {
        enum error err = req->result;
        find->request = NULL;
        if (err)
            metric_inc(METRIC_READ_ERRORS);
        else if (!req->found)
            err = found_nothing(find);
        find->done(find, err, err ? (struct slice){0} : req->ids[0]);
    }
    store_request_free(req);
}

static enum error post(struct link_find *find, struct slice token)
{
    struct token_hash hash = token_hash_of(token);
    struct store_request *req = store_request_new(STORE_FIND_LINK, (struct slice){0});
    if (!req || store_request_copy(req, slice_of(hash.bytes, sizeof(hash.bytes)), &req->link_hash)) {
        store_request_free(req);
        return ERR_NO_MEMORY;
    }
    req->context = find;
    req->done = on_found;
    find->request = req;
    documents_post(find->documents, req);
    return OK;
}

void link_find_begin(struct documents *docs, struct slice token, struct link_find *find)
{
    find->documents = docs;
    find->request = NULL;
    bool may = limits_has(docs->limits, LIMIT_PASSWORD_ATTEMPT, find->client, documents_now_ms(docs));
    enum error err = may ? post(find, token) : ERR_RATE_LIMITED;
    if (err)
        find->done(find, err, (struct slice){0});
}

/* The request stays with the store; only its owner reads the context. */
void link_find_cancel(struct link_find *find)
{
    if (find->request)
        find->request->context = NULL;
    find->request = NULL;
}
