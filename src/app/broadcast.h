/* broadcast.h - frames for peers, each made once however many get it. */
#ifndef KOLABPAD_APP_BROADCAST_H
#define KOLABPAD_APP_BROADCAST_H

#include "app/document.h"
#include "base/json.h"

/* Tells every session of the document what it lacks. */
void broadcast_document(struct document *doc);

/* The frame of that kind for that range and version, from the document's
 * cache or made now; NULL: no memory. The reference is the cache's: conn_send
 * takes its own.
 *   CACHED_HISTORY   operations [from, to)
 *   CACHED_CHANGES   items changed after `from`, up to `to` (sequence numbers)
 *   CACHED_SNAPSHOT  the text at revision `to`
 *   CACHED_USERS     everybody, and whether the database fails, at sequence `to` */
struct frame *broadcast_frame(struct document *doc, enum cached_kind kind, const struct pad_peer *peer,
                              uint64_t from, uint64_t to);

/* Forgets the frames: they belong to one turn, and to what was committed when
 * they were made. */
void broadcast_forget(struct document *doc);

/* One message into the shard's scratch: the JSON between the two is written to
 * the writer that begin gives; end puts it, framed, behind what is in
 * shard->framed. ERR_NO_MEMORY. */
struct json broadcast_begin(struct shard *shard);
enum error broadcast_end(struct shard *shard, const struct json *j);

/* A frame of one message that nobody shares. Frees nothing of `payload`. */
struct frame *broadcast_frame_of(struct shard *shard, struct slice payload);

#endif
