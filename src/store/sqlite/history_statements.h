/* history_statements.h - the statements of history.c and history_read.c, part of statements.h.
 *
 * The system's user id is -1 here. ?1 is the document. `form` of a checkpoint: 0 as the
 * row in `documents` had it, 1 packed. */
#ifndef KOLABPAD_STORE_SQLITE_HISTORY_STATEMENTS_H
#define KOLABPAD_STORE_SQLITE_HISTORY_STATEMENTS_H

/* clang-format off */
#define HISTORY_STATEMENT_TABLE(X)                                                                                 \
    X(HISTORY_IS_OFF,   "SELECT 1 FROM history_off WHERE document_id = ?1")                                        \
    X(HISTORY_OFF,      "INSERT OR IGNORE INTO history_off (document_id) VALUES (?1)")                             \
    X(HISTORY_ON,       "DELETE FROM history_off WHERE document_id = ?1")                                          \
    /* Before a row is overwritten: its text, where no checkpoint or journal leads to it. */                       \
    X(HISTORY_BASE,     "INSERT OR IGNORE INTO checkpoints (document_id, revision, kept_at, form, bytes,"          \
                        " stored, runs, text) SELECT d.id, d.revision, ?2, 0, length(CAST(d.text AS BLOB)), 0,"    \
                        " x'', CAST(d.text AS BLOB) FROM documents AS d WHERE d.id = ?1 AND (NOT EXISTS"           \
                        " (SELECT 1 FROM checkpoints WHERE document_id = ?1) OR coalesce((SELECT end_revision"     \
                        " FROM journal WHERE document_id = ?1 AND first_revision < d.revision ORDER BY"            \
                        " first_revision DESC LIMIT 1), 0) < d.revision)")                                         \
    X(HISTORY_KEEP,     "INSERT INTO history_fresh (document_id, first_revision, end_revision, time_ms,"           \
                        " kept_at, batch) SELECT document_id, first_revision, end_revision, time_ms, ?3, batch"    \
                        " FROM journal WHERE document_id = ?1 AND first_revision < ?2 AND end_revision <= ?2"      \
                        " AND first_revision < (SELECT max(first_revision) FROM journal WHERE document_id ="       \
                        " ?1) AND end_revision > (SELECT min(revision) FROM checkpoints WHERE document_id ="       \
                        " ?1)")                                                                                    \
    X(HISTORY_FRESH,    "SELECT count(*), total(bytes) FROM (SELECT length(batch) AS bytes FROM history_fresh"     \
                        " WHERE document_id = ?1 LIMIT 4096)")                                                     \
    X(ADD_AUTHOR,       "INSERT OR IGNORE INTO authors (document_id, author, first_revision, name, hue,"           \
                        " first_seen) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM (SELECT"       \
                        " name, hue FROM authors WHERE document_id = ?1 AND author = ?2 ORDER BY"                  \
                        " first_revision DESC LIMIT 1) WHERE name = ?4 AND hue = ?5)")                             \
    X(HISTORY_LOAD,     "SELECT coalesce(max(author), 0), EXISTS (SELECT 1 FROM history_off WHERE document_id ="   \
                        " ?1) FROM authors WHERE document_id = ?1")                                                \
    X(TRIM_NAMES,       "DELETE FROM authors WHERE document_id = ?1 AND author = ?2 AND first_revision <="         \
                        " (SELECT first_revision FROM authors WHERE document_id = ?1 AND author = ?2 ORDER BY"     \
                        " first_revision DESC LIMIT 1 OFFSET 16)")                                                 \
    /* history, put: ?2 from, ?3 to */                                                                             \
    X(PUT_FRESH,        "DELETE FROM history_fresh WHERE document_id = ?1 AND first_revision >= ?2 AND"            \
                        " end_revision <= ?3")                                                                     \
    X(PUT_SEGMENTS,     "DELETE FROM history WHERE document_id = ?1 AND first_revision >= ?2 AND end_revision"     \
                        " <= ?3")                                                                                  \
    X(PUT_CHECKPOINTS,  "DELETE FROM checkpoints WHERE document_id = ?1 AND revision > ?2 AND revision < ?3")      \
    X(ADD_SEGMENT,      "INSERT INTO history (document_id, first_revision, end_revision, began_at, ended_at,"      \
                        " kept_at, detail, bytes, stored, sittings, operations) VALUES (?1, ?2, ?3, ?4, ?5,"       \
                        " ?6, ?7, ?8, ?9, ?10, ?11)")                                                              \
    X(ADD_CHECKPOINT,   "INSERT OR REPLACE INTO checkpoints (document_id, revision, kept_at, form, bytes,"         \
                        " stored, runs, text) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)")                             \
    X(HISTORY_BEGIN,    "INSERT OR IGNORE INTO checkpoints (document_id, revision, kept_at, form, bytes,"          \
                        " stored, runs, text) SELECT id, revision, ?2, 0, length(CAST(text AS BLOB)), 0, x'',"     \
                        " CAST(text AS BLOB) FROM documents WHERE id = ?1")                                        \
    X(FORGET_FRESH,     "DELETE FROM history_fresh WHERE document_id = ?1 AND end_revision <= ?2")                 \
    X(FORGET_SEGMENTS,  "DELETE FROM history WHERE document_id = ?1 AND end_revision <= ?2")                       \
    X(FORGET_CHECKPOINTS,"DELETE FROM checkpoints WHERE document_id = ?1 AND revision < ?2")                       \
    X(FORGET_NAMES,     "DELETE FROM authors AS a WHERE document_id = ?1 AND EXISTS (SELECT 1 FROM authors AS"     \
                        " b WHERE b.document_id = ?1 AND b.author = a.author AND b.first_revision >"               \
                        " a.first_revision AND b.first_revision <= ?2)")                                           \
    /* of which documents something is too old, and up to where: it ends with a segment */                         \
    X(HISTORY_AGED,     "SELECT document_id, max(end_revision) FROM history WHERE kept_at < ?1 GROUP BY"           \
                        " document_id LIMIT ?2")                                                                   \
    /* of which documents everything is too old, since nobody used them since; their row has all of the text */    \
    X(HISTORY_UNUSED,   "SELECT id FROM documents AS d WHERE accessed_at < ?1 AND EXISTS (SELECT 1 FROM checkpoints" \
                        " WHERE document_id = d.id) LIMIT ?2")                                                     \
    X(FORGET_JOURNAL,   "DELETE FROM journal WHERE document_id = ?1 AND end_revision <= (SELECT revision FROM"     \
                        " documents WHERE id = ?1) AND first_revision < (SELECT max(first_revision) FROM journal"  \
                        " WHERE document_id = ?1)")                                                                \
    /* history, all of it */                                                                                       \
    X(DELETE_FRESH,     "DELETE FROM history_fresh WHERE document_id = ?1")                                        \
    X(DELETE_HISTORY,   "DELETE FROM history WHERE document_id = ?1")                                              \
    X(DELETE_CHECKPOINTS,"DELETE FROM checkpoints WHERE document_id = ?1")                                         \
    X(DELETE_AUTHORS,   "DELETE FROM authors WHERE document_id = ?1")                                              \
    X(CLEAR_JOURNAL,    "DELETE FROM journal WHERE document_id = ?1 AND first_revision < (SELECT"                  \
                        " max(first_revision) FROM journal WHERE document_id = ?1)")                               \
    /* history, read: ?2 from, ?3 to */                                                                            \
    X(HISTORY_DOCUMENT, "SELECT revision, EXISTS (SELECT 1 FROM history_off WHERE document_id = ?1), (SELECT"      \
                        " min(revision) FROM checkpoints WHERE document_id = ?1), (SELECT end_revision FROM"       \
                        " journal WHERE document_id = ?1 ORDER BY first_revision DESC LIMIT 1) FROM documents"     \
                        " WHERE id = ?1")                                                                          \
    X(HISTORY_LOOSE,    "SELECT coalesce((SELECT first_revision FROM history AS h WHERE h.document_id = ?1"        \
                        " AND h.end_revision = f.first AND h.bytes < ?2 AND h.detail = 0 ORDER BY"                 \
                        " first_revision DESC LIMIT 1), f.first, 0), coalesce(f.last, 0) FROM (SELECT"             \
                        " min(first_revision) AS first, max(end_revision) AS last FROM history_fresh WHERE"        \
                        " document_id = ?1) AS f")                                                                 \
    X(HISTORY_SIZE,     "SELECT (SELECT total(stored) FROM history WHERE document_id = ?1) + (SELECT"              \
                        " total(stored) FROM checkpoints WHERE document_id = ?1)")                                 \
    X(HISTORY_HEADS,    "SELECT first_revision, end_revision, began_at, ended_at, kept_at, detail, bytes,"         \
                        " sittings FROM history WHERE document_id = ?1 ORDER BY first_revision")                   \
    /* with the time of what led to it, where a segment ends there */                                              \
    X(HISTORY_CHECKPOINT,"SELECT k.revision, k.kept_at, k.form, k.bytes, (SELECT CASE WHEN h.end_revision ="       \
                        " k.revision THEN h.ended_at END FROM history AS h WHERE h.document_id = ?1 AND"           \
                        " h.first_revision < k.revision ORDER BY h.first_revision DESC LIMIT 1), k.runs, k.text"   \
                        " FROM checkpoints AS k WHERE k.document_id = ?1 AND k.revision <= ?2 ORDER BY"            \
                        " k.revision DESC LIMIT 1")                                                                \
    X(HISTORY_ROW_TEXT, "SELECT revision, text FROM documents WHERE id = ?1 AND revision <= ?2")                   \
    X(HISTORY_SEGMENTS, "SELECT first_revision, end_revision, began_at, ended_at, kept_at, detail, bytes,"         \
                        " sittings, operations FROM history WHERE document_id = ?1 AND first_revision >="          \
                        " coalesce((SELECT first_revision FROM history WHERE document_id = ?1 AND"                 \
                        " first_revision <= ?2 ORDER BY first_revision DESC LIMIT 1), 0) AND first_revision <"     \
                        " ?3 AND end_revision > ?2 ORDER BY first_revision")                                       \
    X(HISTORY_FRESH_ROWS,"SELECT first_revision, end_revision, time_ms, batch, kept_at FROM history_fresh"         \
                        " WHERE document_id = ?1 AND first_revision < ?3 AND end_revision > ?2 ORDER BY"           \
                        " first_revision")                                                                         \
    X(HISTORY_JOURNAL,  "SELECT first_revision, end_revision, time_ms, batch, 0 FROM journal WHERE"                \
                        " document_id = ?1 AND first_revision < ?3 AND end_revision > ?2 ORDER BY"                 \
                        " first_revision")                                                                         \
    X(HISTORY_AUTHORS,  "SELECT author, first_revision, name, hue, first_seen FROM authors WHERE document_id"      \
                        " = ?1 ORDER BY author, first_revision")
/* clang-format on */

#endif
