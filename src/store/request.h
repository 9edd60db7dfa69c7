/* request.h - what the store's own files ask about a request. */
#ifndef KOLABPAD_STORE_REQUEST_H
#define KOLABPAD_STORE_REQUEST_H

#include "store/store.h"

static inline struct store_request *request_of(struct link *l)
{
    return LIST_ITEM(l, struct store_request, link);
}

/* Does it ask for what is stored, does it change it? A LOAD with an epoch does both. */
bool request_is_read(const struct store_request *req);
bool request_is_write(const struct store_request *req);
/* Is it one that the reader carries out, where there is one (reader.h)? */
bool request_is_read_aside(const struct store_request *req);
uint32_t requests_count_writes(const struct link *list);

/* May it wait for another try when it fails? If not, it is answered at once. */
bool request_may_wait(const struct store_request *req);

/* The document it is about; the first, of several. */
struct slice request_subject(const struct store_request *req);

/* Do they concern a common document? */
bool request_shares_document(const struct store_request *a, const struct store_request *b);

/* Must the later of the two wait for the earlier one, where they are carried out side by side? An APPEND need
 * not wait for a SNAPSHOT, an OPEN, a HISTORY_PUT or a COMMENT, which may take long: what is stored says the
 * same whichever comes first, and so it does after a crash in between. The text of a SNAPSHOT is that of its
 * revision; the rows from there on are behind it in the journal, and those that it drops are older than what
 * is appended. But an epoch must be stored before what was typed in it, and a history deleted before new
 * names go into it. */
bool request_must_follow(const struct store_request *later, const struct store_request *earlier);

/* Bytes of input it holds. */
size_t request_bytes(const struct store_request *req);

/* Add to an answer what an engine has found, with a copy of its bytes. ERR_NO_MEMORY: the answer is as it
 * was before.
 *
 * An epoch of a LOAD, by its bytes. Bytes that are no epoch's are passed over, and so is the request's own
 * epoch, which an earlier try may have stored. */
enum error request_add_epoch(struct store_request *req, struct slice id, uint64_t first_revision);
/* A row of a LOAD's journal. */
enum error request_add_batch(struct store_request *req, const struct store_batch *batch);
/* A document's id, of EXPIRED or FIND_LINK. */
enum error request_add_id(struct store_request *req, struct slice id);

/* Forgets an answer, before the request is carried out (again). */
void request_clear_answer(struct store_request *req);

/* Lets whoever posted a HISTORY or an IMAGE work on its answer, if there is one. */
void request_digest(struct store_request *req);

/* Moves all of `from` to the end of `to`. */
void requests_move(struct link *from, struct link *to);

#endif
