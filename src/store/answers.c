#include "store/answers.h"

void store_mailbox_init(struct store_mailbox *box, void (*wake)(struct store_mailbox *), void *owner)
{
    *box = (struct store_mailbox){.wake = wake, .owner = owner};
    list_init(&box->done);
    list_init(&box->to_wake);
}

void answers_put(struct store *s, struct store_request *req)
{
    struct store_mailbox *box = req->reply_to;
    if (list_is_empty(&box->done) && list_is_empty(&box->to_wake))
        list_append(&s->to_wake, &box->to_wake);
    list_append(&box->done, &req->link);
}

void answers_wake(struct store *s)
{
    while (!list_is_empty(&s->to_wake)) {
        struct store_mailbox *box = LIST_ITEM(s->to_wake.next, struct store_mailbox, to_wake);
        list_remove(&box->to_wake);
        if (!box->wake)
            continue;
        pthread_mutex_unlock(&s->lock);
        box->wake(box);
        pthread_mutex_lock(&s->lock);
    }
}
