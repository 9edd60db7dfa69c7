/* legacy_import.h - the documents of Kolabpad-Go and Rustpad.
 *
 * Both keep them in a table `document (id, text, language)`, later ones of
 * Kolabpad-Go with `otp`. They are copied into `documents`, and the old table
 * is left as it is. No text is refused: line ends become \n, and what is
 * not UTF-8 becomes U+FFFD. Every document can be reached: ids that Rustpad
 * stored percent-encoded are decoded, ids that no address can hold are replaced
 * and the log says by what (legacy_id.h). */
#ifndef KOLABPAD_STORE_SQLITE_LEGACY_IMPORT_H
#define KOLABPAD_STORE_SQLITE_LEGACY_IMPORT_H

#include "base/buf.h"
#include "store/message.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

/* Is there such a table? */
bool legacy_import_is_possible(struct connection *c);

/* Copies; a document that `documents` has already is left alone. Does nothing
 * where there is no such table. Runs inside the caller's transaction. Tells
 * STORE_EVENT_LEGACY of what is not found under its own id. */
enum error legacy_import_run(struct connection *c, const struct store_config *config, char *done,
                             size_t size);

/* Before it: waits while another process has the file open, which may be the
 * ancestor, writing. Tells STORE_EVENT_LEGACY, and STORE_EVENT_LOCKED at the end.
 * ERR_SHUTTING_DOWN, with `message`, when should_stop said so. */
enum error legacy_import_wait(struct connection *c, const char *path, const struct store_config *config,
                              char message[MESSAGE_BYTES]);

/* Appends `from` to `out`, repaired as above. */
enum error legacy_import_repair(struct slice from, struct buf *out);

#endif
