#include "doc/commit_wait.h"

void document_release_commit_waits(struct document *doc)
{
    LIST_EACH (at, following, &doc->commit_waits) {
        struct commit_wait *wait = LIST_ITEM(at, struct commit_wait, link);
        bool is_committed = doc->pad.committed >= wait->revision;
        bool may_fail = doc->pad.storage_failing && !wait->is_patient;
        if (!is_committed && !may_fail && !doc->lost_why)
            continue;
        list_remove(&wait->link);
        wait->done(wait, is_committed ? OK : doc->lost_why ? doc->lost_why : ERR_STORAGE);
    }
}

void document_when_committed(struct document *doc, struct commit_wait *wait)
{
    wait->revision = doc->pad.revision;
    list_append(&doc->commit_waits, &wait->link);
    document_release_commit_waits(doc);
}

void document_when_beyond(struct document *doc, uint64_t revision, struct commit_wait *wait)
{
    wait->revision = revision < UINT64_MAX ? revision + 1 : revision;
    list_append(&doc->commit_waits, &wait->link);
    document_release_commit_waits(doc);
}

void document_wait_again(struct document *doc, struct commit_wait *wait)
{
    wait->revision = doc->pad.revision;
    list_append(&doc->commit_waits, &wait->link);
}

void document_give_up_commit_waits(struct document *doc)
{
    LIST_EACH (at, following, &doc->commit_waits) {
        struct commit_wait *wait = LIST_ITEM(at, struct commit_wait, link);
        list_remove(&wait->link);
        wait->done(wait, ERR_SHUTTING_DOWN);
    }
}

void commit_wait_cancel(struct commit_wait *wait)
{
    if (wait->link.next)
        list_remove(&wait->link);
}
