/* tell.h - telling one session what it lacks, a frame at a time. */
#ifndef KOLABPAD_SESSION_TELL_H
#define KOLABPAD_SESSION_TELL_H

#include "session/session.h"

enum { HISTORY_FRAME_BYTES = 256 * 1024 }; /* of operations in one message to a session that is behind */

/* The next of the committed operations that it lacks. ERR_CANNOT_RESUME: the
 * history no longer reaches back to them; ERR_NO_MEMORY. */
enum error tell_history(struct session *s);

/* The presence that it lacks. It must have all committed operations, since
 * carets are positions in that text. ERR_NO_MEMORY. */
enum error tell_changes(struct session *s);

/* The comments that it lacks, if it follows them. It must have all committed operations, since the places of
 * threads are positions in that text. ERR_NO_MEMORY. */
enum error tell_comments_changed(struct session *s);

/* True once it has every operation that may be told. */
bool tell_has_all_history(const struct session *s);

#endif
