#include "doc/writer.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "doc/attach.h"

static struct writer *find(const struct document *doc, struct id128 token)
{
    for (struct link *at = doc->writers.next; at != &doc->writers; at = at->next) {
        struct writer *writer = LIST_ITEM(at, struct writer, link);
        if (writer->peer.client && id128_equal(writer->peer.client->token, token))
            return writer;
    }
    return NULL; /* one whose tab came in by a socket was replaced, and has no client */
}

static void leave(struct writer *writer)
{
    list_remove(&writer->link);
    list_remove(&writer->leaving_link);
    document_detach_writer(writer->doc, &writer->peer);
    mem_free(writer);
}

/* The same name has the same colour wherever it writes. */
static uint16_t hue_of(struct slice name)
{
    return (uint16_t)(hash_bytes(0, name) % PAD_HUES);
}

static enum error enter(struct writer *writer, struct id128 token, struct slice name)
{
    struct document *doc = writer->doc;
    struct pad_hello hello = {.version = PAD_V2,
                              .token = token,
                              .name = name,
                              .hue = hue_of(name),
                              .order = PAD_BY_AUTHOR,
                              .is_unseen = name.len == 0};
    struct pad_welcome welcome;
    enum error err = document_attach(doc, &writer->peer, &hello, &welcome);
    if (!err && welcome.replaced)
        doc->documents->events->on_close(welcome.replaced, ERR_REPLACED, error_text(ERR_REPLACED));
    return err;
}

static enum error writer_new(struct document *doc, struct id128 token, struct slice name, struct writer **out)
{
    struct writer *writer = mem_alloc(sizeof(*writer));
    if (!writer)
        return ERR_NO_MEMORY;
    *writer = (struct writer){.doc = doc};
    enum error err = enter(writer, token, name);
    if (err) {
        mem_free(writer);
        return err;
    }
    list_append(&doc->writers, &writer->link);
    list_init(&writer->leaving_link);
    *out = writer;
    return OK;
}

/* It is told nothing, so nothing is kept for it. */
static void pass_over(struct writer *writer)
{
    const struct pad *pad = writer->peer.pad;
    if (!pad)
        return;
    if (writer->peer.sent < pad->committed)
        pad_told_history(&writer->peer, pad->committed);
    pad_told_items(&writer->peer, pad->sequence);
}

enum error writer_come(struct document *doc, struct id128 token, struct slice name, struct writer **out)
{
    struct writer *writer = find(doc, token);
    enum error err = writer ? OK : writer_new(doc, token, name, &writer);
    if (err)
        return err;
    list_remove(&writer->leaving_link);
    pass_over(writer);
    writer->users++;
    *out = writer;
    return OK;
}

void writer_go(struct writer *writer)
{
    struct documents *docs = writer->doc->documents;
    if (--writer->users > 0)
        return;
    if (writer->doc->lost_why || docs->is_stopping || !writer->has_written) {
        leave(writer);
        return;
    }
    writer->leave_ms = documents_now_ms(docs) + WRITER_LINGER_MS;
    list_append(&docs->leaving, &writer->leaving_link);
    documents_want_timer(docs, WRITER_LINGER_MS);
}

/* All linger equally long, so the first to go stands in front. */
void writers_check(struct documents *docs, int64_t now_ms)
{
    LIST_EACH (at, following, &docs->leaving) {
        struct writer *writer = LIST_ITEM(at, struct writer, leaving_link);
        if (writer->leave_ms > now_ms) {
            documents_want_timer(docs, writer->leave_ms - now_ms);
            return;
        }
        leave(writer);
    }
}

void writers_end(struct document *doc)
{
    LIST_EACH (at, following, &doc->writers) {
        struct writer *writer = LIST_ITEM(at, struct writer, link);
        if (writer->users == 0)
            leave(writer);
    }
}
