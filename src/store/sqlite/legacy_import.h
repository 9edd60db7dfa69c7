/* legacy_import.h - the documents of Kolabpad-Go and Rustpad.
 *
 * Both keep them in a table `document (id, text, language)`, later ones of
 * Kolabpad-Go with `otp`. They are copied into `documents`, and the old table
 * is left as it is. No text is refused: line ends become \n, and what is
 * not UTF-8 becomes U+FFFD. */
#ifndef KOLABPAD_STORE_SQLITE_LEGACY_IMPORT_H
#define KOLABPAD_STORE_SQLITE_LEGACY_IMPORT_H

#include "base/buf.h"
#include "store/sqlite/connection.h"

/* Is there such a table? */
bool legacy_import_is_possible(struct connection *c);

/* Copies; a document that `documents` has already is left alone. Does nothing
 * where there is no such table. Runs inside the caller's transaction. */
enum error legacy_import_run(struct connection *c, char *done, size_t size);

/* Appends `from` to `out`, repaired as above. */
enum error legacy_import_repair(struct slice from, struct buf *out);

#endif
