/* history_statements.h - the statements of history.c and history_read.c, part of statements.h.
 *
 * The system's user id is -1 here. `form` of a checkpoint: 0 as the row in kp_documents
 * had it, 1 packed. */
#ifndef KOLABPAD_STORE_POSTGRES_HISTORY_STATEMENTS_H
#define KOLABPAD_STORE_POSTGRES_HISTORY_STATEMENTS_H

/* clang-format off */
#define HISTORY_STATEMENT_TABLE(X)                                                                                   \
    /* ---- around a snapshot: $1 id */                                                                              \
    X(HISTORY_BASE,      "INSERT INTO kp_checkpoints (document_id, revision, kept_at, form, bytes, stored,"          \
                         " runs, text) SELECT d.id, d.revision, c.calendar_ms / 1000, 0, octet_length(d.text),"      \
                         " 0, ''::bytea, d.text FROM kp_documents d, kp_calendar c WHERE d.id = $1::text AND"        \
                         " NOT EXISTS (SELECT 1 FROM kp_history_off o WHERE o.document_id = $1::text) AND (NOT"      \
                         " EXISTS (SELECT 1 FROM kp_checkpoints k WHERE k.document_id = $1::text) OR"                \
                         " coalesce((SELECT j.end_revision FROM kp_journal j WHERE j.document_id = $1::text AND"     \
                         " j.first_revision < d.revision ORDER BY j.first_revision DESC LIMIT 1), 0) <"              \
                         " d.revision) ON CONFLICT DO NOTHING")                                                      \
    /* The same as TRIM_JOURNAL, and what is deleted is kept: how many rows that are. */                                 \
    X(HISTORY_KEEP,      "WITH gone AS (DELETE FROM kp_journal j WHERE j.document_id = $1::text AND"                 \
                         " j.first_revision < $2::int8 AND j.end_revision <= $2::int8 AND j.first_revision <"        \
                         " (SELECT k.first_revision FROM kp_journal k WHERE k.document_id = $1::text ORDER BY"       \
                         " k.first_revision DESC LIMIT 1) AND j.first_revision < coalesce((SELECT"                   \
                         " k.first_revision FROM kp_journal k WHERE k.document_id = $1::text ORDER BY"               \
                         " k.first_revision OFFSET $3::int8 LIMIT 1), $2::int8) AND EXISTS (SELECT 1 FROM"           \
                         " kp_documents d WHERE d.id = $1::text AND d.revision >= $2::int8) RETURNING"               \
                         " j.first_revision, j.end_revision, j.time_ms, j.batch), kept AS (INSERT INTO"              \
                         " kp_history_fresh (document_id, first_revision, end_revision, time_ms, kept_at,"           \
                         " batch) SELECT $1::text, g.first_revision, g.end_revision, g.time_ms, c.calendar_ms /"     \
                         " 1000, g.batch FROM gone g, kp_calendar c WHERE g.end_revision > (SELECT"                  \
                         " min(k.revision) FROM kp_checkpoints k WHERE k.document_id = $1::text) AND NOT EXISTS"     \
                         " (SELECT 1 FROM kp_history_off o WHERE o.document_id = $1::text)) SELECT count(*)"         \
                         " FROM gone")                                                                               \
    X(HISTORY_FRESH,     "SELECT count(*), coalesce(sum(x.bytes), 0)::int8 FROM (SELECT octet_length(f.batch)"       \
                         " AS bytes FROM kp_history_fresh f WHERE f.document_id = $1::text LIMIT 4096) x")           \
    X(HISTORY_OFF,       "INSERT INTO kp_history_off (document_id) VALUES ($1::text) ON CONFLICT DO NOTHING")        \
    X(HISTORY_ON,        "DELETE FROM kp_history_off WHERE document_id = $1::text")                                  \
    X(CLEAR_JOURNAL,     "DELETE FROM kp_journal j WHERE j.document_id = $1::text AND j.first_revision <"            \
                         " (SELECT k.first_revision FROM kp_journal k WHERE k.document_id = $1::text ORDER BY"       \
                         " k.first_revision DESC LIMIT 1)")                                                          \
    X(DELETE_FRESH,      "DELETE FROM kp_history_fresh WHERE document_id = $1::text")                                \
    X(DELETE_HISTORY,    "DELETE FROM kp_history WHERE document_id = $1::text")                                      \
    X(DELETE_CHECKPOINTS,"DELETE FROM kp_checkpoints WHERE document_id = $1::text")                                  \
    X(DELETE_AUTHORS,    "DELETE FROM kp_authors WHERE document_id = $1::text")                                      \
    /* ---- with appends: $2 ids, $3 first revisions of rows that were just appended, $4 authors, */                 \
    /* $5 from which revision on, $6 names, $7 hues, $8 when. The newest names of each are kept. */                  \
    X(ADD_AUTHORS,       "INSERT INTO kp_authors (document_id, author, first_revision, name, hue, first_seen)"       \
                         " SELECT u.id, u.author, u.r, u.name, u.hue, u.t FROM unnest($2::text[], $3::int8[],"       \
                         " $4::int8[], $5::int8[], $6::bytea[], $7::int8[], $8::int8[]) AS u (id, f, author, r,"     \
                         " name, hue, t) WHERE EXISTS (SELECT 1 FROM kp_journal j WHERE j.document_id = u.id"        \
                         " AND j.first_revision = u.f AND j.writer = $1::int8) AND NOT EXISTS (SELECT 1 FROM"        \
                         " kp_history_off o WHERE o.document_id = u.id) AND EXISTS (SELECT 1 FROM kp_documents"      \
                         " d WHERE d.id = u.id) AND NOT EXISTS (SELECT 1 FROM (SELECT a.name, a.hue FROM"            \
                         " kp_authors a WHERE a.document_id = u.id AND a.author = u.author ORDER BY"                 \
                         " a.first_revision DESC LIMIT 1) latest WHERE latest.name = u.name AND latest.hue ="        \
                         " u.hue) ON CONFLICT DO NOTHING")                                                           \
    X(TRIM_NAMES,        "DELETE FROM kp_authors a USING unnest($1::text[], $2::int8[]) AS u (id, author)"           \
                         " WHERE a.document_id = u.id AND a.author = u.author AND a.first_revision <= (SELECT"       \
                         " k.first_revision FROM kp_authors k WHERE k.document_id = u.id AND k.author ="             \
                         " u.author ORDER BY k.first_revision DESC OFFSET 16 LIMIT 1)")                              \
    /* ---- put: $1 id, $2 from, $3 to */                                                                            \
    X(PUT_FRESH,         "DELETE FROM kp_history_fresh WHERE document_id = $1::text AND first_revision >="           \
                         " $2::int8 AND end_revision <= $3::int8")                                                   \
    X(PUT_SEGMENTS,      "DELETE FROM kp_history WHERE document_id = $1::text AND first_revision >= $2::int8"        \
                         " AND end_revision <= $3::int8")                                                            \
    X(PUT_CHECKPOINTS,   "DELETE FROM kp_checkpoints WHERE document_id = $1::text AND revision > $2::int8 AND"       \
                         " revision < $3::int8")                                                                     \
    X(ADD_SEGMENT,       "INSERT INTO kp_history (document_id, first_revision, end_revision, began_at,"              \
                         " ended_at, kept_at, detail, bytes, stored, sittings, operations) VALUES ($1::text,"        \
                         " $2::int8, $3::int8, $4::int8, $5::int8, $6::int8, $7::int8, $8::int8, $9::int8,"          \
                         " $10::bytea, $11::bytea)")                                                                 \
    X(ADD_CHECKPOINT,    "INSERT INTO kp_checkpoints (document_id, revision, kept_at, form, bytes, stored,"          \
                         " runs, text) VALUES ($1::text, $2::int8, $3::int8, 1, $4::int8, $5::int8, $6::bytea,"      \
                         " $7::bytea) ON CONFLICT (document_id, revision) DO UPDATE SET kept_at ="                   \
                         " excluded.kept_at, form = 1, bytes = excluded.bytes, stored = excluded.stored, runs ="     \
                         " excluded.runs, text = excluded.text")                                                     \
    X(HISTORY_BEGIN,     "INSERT INTO kp_checkpoints (document_id, revision, kept_at, form, bytes, stored, runs,"     \
                         " text) SELECT d.id, d.revision, c.calendar_ms / 1000, 0, octet_length(d.text), 0, ''::bytea," \
                         " d.text FROM kp_documents d, kp_calendar c WHERE d.id = $1::text ON CONFLICT DO NOTHING")     \
    /* $2 revision */                                                                                                \
    X(FORGET_FRESH,      "DELETE FROM kp_history_fresh WHERE document_id = $1::text AND end_revision <="             \
                         " $2::int8")                                                                                \
    X(FORGET_SEGMENTS,   "DELETE FROM kp_history WHERE document_id = $1::text AND end_revision <= $2::int8")         \
    X(FORGET_CHECKPOINTS,"DELETE FROM kp_checkpoints WHERE document_id = $1::text AND revision < $2::int8")          \
    X(FORGET_NAMES,      "DELETE FROM kp_authors a WHERE a.document_id = $1::text AND EXISTS (SELECT 1 FROM"         \
                         " kp_authors b WHERE b.document_id = $1::text AND b.author = a.author AND"                  \
                         " b.first_revision > a.first_revision AND b.first_revision <= $2::int8)")                   \
    /* $1 age in seconds, $2 of at most so many documents: up to where what is too old goes */                       \
    X(HISTORY_AGE,       "WITH aged AS (SELECT h.document_id AS id, max(h.end_revision) AS r FROM kp_history"        \
                         " h, kp_calendar c WHERE h.kept_at < c.calendar_ms / 1000 - $1::int8 GROUP BY"              \
                         " h.document_id LIMIT $2::int8), fresh AS (DELETE FROM kp_history_fresh f USING aged"       \
                         " WHERE f.document_id = aged.id AND f.end_revision <= aged.r), texts AS (DELETE FROM"       \
                         " kp_checkpoints k USING aged WHERE k.document_id = aged.id AND k.revision < aged.r)"       \
                         " DELETE FROM kp_history h USING aged WHERE h.document_id = aged.id AND h.end_revision"     \
                         " <= aged.r")                                                                               \
    /* the same; all of documents that nobody used for so long, whose row has all of the text */                    \
    X(HISTORY_UNUSED,    "WITH unused AS (SELECT d.id, d.revision AS r FROM kp_documents d, kp_calendar c WHERE"     \
                         " d.accessed_at < c.calendar_ms / 1000 - $1::int8 AND EXISTS (SELECT 1 FROM"                \
                         " kp_checkpoints k WHERE k.document_id = d.id) LIMIT $2::int8), rows AS (DELETE FROM"       \
                         " kp_journal j USING unused WHERE j.document_id = unused.id AND j.end_revision <="          \
                         " unused.r AND j.first_revision < (SELECT max(l.first_revision) FROM kp_journal l WHERE"    \
                         " l.document_id = unused.id)), fresh AS (DELETE FROM kp_history_fresh f USING unused"       \
                         " WHERE f.document_id = unused.id), names AS (DELETE FROM kp_authors a USING unused"        \
                         " WHERE a.document_id = unused.id), segments AS (DELETE FROM kp_history h USING unused"     \
                         " WHERE h.document_id = unused.id) DELETE FROM kp_checkpoints k USING unused WHERE"         \
                         " k.document_id = unused.id")                                                               \
    /* ---- read: $1 id, $2 from, $3 to */                                                                           \
    X(HISTORY_DOCUMENT,  "SELECT d.revision, EXISTS (SELECT 1 FROM kp_history_off o WHERE o.document_id ="           \
                         " $1::text), (SELECT min(k.revision) FROM kp_checkpoints k WHERE k.document_id ="           \
                         " $1::text), (SELECT j.end_revision FROM kp_journal j WHERE j.document_id = $1::text"       \
                         " ORDER BY j.first_revision DESC LIMIT 1), c.calendar_ms / 1000, (SELECT"                   \
                         " coalesce(sum(h.stored), 0) FROM kp_history h WHERE h.document_id = $1::text)::int8 +"     \
                         " (SELECT coalesce(sum(k.stored), 0) FROM kp_checkpoints k WHERE k.document_id ="           \
                         " $1::text)::int8 FROM kp_documents d, kp_calendar c WHERE d.id = $1::text")                \
    /* $2 the bytes of a segment that is full */                                                                     \
    X(HISTORY_LOOSE,     "SELECT coalesce((SELECT h.first_revision FROM kp_history h WHERE h.document_id ="          \
                         " $1::text AND h.end_revision = f.first AND h.bytes < $2::int8 AND h.detail = 0 ORDER"      \
                         " BY h.first_revision DESC LIMIT 1), f.first, 0), coalesce(f.last, 0) FROM (SELECT"         \
                         " min(x.first_revision) AS first, max(x.end_revision) AS last FROM kp_history_fresh x"      \
                         " WHERE x.document_id = $1::text) f")                                                       \
    /* with the time of what led to it, where a segment ends there */                                                \
    X(HISTORY_CHECKPOINT,"SELECT k.revision, k.kept_at, k.form, k.bytes, coalesce((SELECT CASE WHEN"                 \
                         " h.end_revision = k.revision THEN h.ended_at END FROM kp_history h WHERE"                  \
                         " h.document_id = $1::text AND h.first_revision < k.revision ORDER BY"                      \
                         " h.first_revision DESC LIMIT 1), 0), k.runs, k.text FROM kp_checkpoints k WHERE"           \
                         " k.document_id = $1::text AND k.revision <= $2::int8 ORDER BY k.revision DESC"             \
                         " LIMIT 1")                                                                                 \
    X(HISTORY_ROW_TEXT,  "SELECT d.revision, d.text FROM kp_documents d WHERE d.id = $1::text AND d.revision"        \
                         " <= $2::int8 AND NOT EXISTS (SELECT 1 FROM kp_checkpoints k WHERE k.document_id ="         \
                         " $1::text)")                                                                               \
    X(HISTORY_HEADS,     "SELECT h.first_revision, h.end_revision, h.began_at, h.ended_at, h.kept_at,"               \
                         " h.detail, h.bytes, h.sittings FROM kp_history h WHERE h.document_id = $1::text ORDER"     \
                         " BY h.first_revision")                                                                     \
    /* $4 at most so many bytes, and the segment that exceeds them */                                                \
    X(HISTORY_SEGMENTS,  "SELECT x.first_revision, x.end_revision, x.began_at, x.ended_at, x.kept_at,"               \
                         " x.detail, x.bytes, x.sittings, x.operations FROM (SELECT h.*, sum(h.bytes) OVER"          \
                         " (ORDER BY h.first_revision) - h.bytes AS before FROM kp_history h WHERE"                  \
                         " h.document_id = $1::text AND h.first_revision < $3::int8 AND h.end_revision >"            \
                         " $2::int8) x WHERE x.before <= $4::int8 ORDER BY x.first_revision")                        \
    X(HISTORY_FRESH_ROWS,"SELECT x.first_revision, x.end_revision, x.time_ms, x.batch, x.kept_at FROM (SELECT"       \
                         " f.first_revision, f.end_revision, f.time_ms, f.batch, f.kept_at,"                         \
                         " sum(octet_length(f.batch)) OVER (ORDER BY f.first_revision) - octet_length(f.batch)"      \
                         " AS before FROM kp_history_fresh f WHERE f.document_id = $1::text AND"                     \
                         " f.first_revision < $3::int8 AND f.end_revision > $2::int8) x WHERE x.before <="           \
                         " $4::int8 ORDER BY x.first_revision")                                                      \
    X(HISTORY_JOURNAL,   "SELECT x.first_revision, x.end_revision, x.time_ms, x.batch, x.kept_at FROM (SELECT"       \
                         " f.first_revision, f.end_revision, f.time_ms, f.batch, 0::int8 AS kept_at,"                \
                         " sum(octet_length(f.batch)) OVER (ORDER BY f.first_revision) - octet_length(f.batch)"      \
                         " AS before FROM kp_journal f WHERE f.document_id = $1::text AND f.first_revision <"        \
                         " $3::int8 AND f.end_revision > $2::int8) x WHERE x.before <= $4::int8 ORDER BY"            \
                         " x.first_revision")                                                                        \
    X(HISTORY_AUTHORS,   "SELECT a.author, a.first_revision, a.name, a.hue, a.first_seen FROM kp_authors a"          \
                         " WHERE a.document_id = $1::text ORDER BY a.author, a.first_revision")
/* clang-format on */

#endif
