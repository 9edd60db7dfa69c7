/* statements.h - every statement of the two lanes.
 *
 * Parameters are in PostgreSQL's binary format, so each is cast to its type. Where
 * several documents go into one statement they are an array, and rows say by `n`,
 * from 1, which of them they belong to. Documents come sorted by id, so that two
 * servers lock their rows in the same order.
 *
 * $1 is always this life's incarnation, where a statement needs it. Times in tables are seconds,
 * accessed_at by the calendar (calendar.h), everything else by a wall clock.
 *
 * What fences: APPEND locks the lane's row itself and writes nothing when that is
 * dead; the two after it look whether it has written. All others are behind GUARD, in
 * the same transaction: for a life that is over it divides by zero, and PostgreSQL
 * drops the rest of the round trip. */
#ifndef KOLABPAD_STORE_POSTGRES_STATEMENTS_H
#define KOLABPAD_STORE_POSTGRES_STATEMENTS_H

#include "store/postgres/comment_statements.h"
#include "store/postgres/history_statements.h"
#include "store/postgres/image_statements.h"

/* Of a document d: not used since the cutoff $3, or for the days that it is kept itself. */
#define OLD_ENOUGH                                                                                           \
    "(d.accessed_at < $3::int8 OR EXISTS (SELECT 1 FROM kp_rights r, kp_calendar c WHERE r.document_id = "   \
    "d.id"                                                                                                   \
    " AND r.keep_days > 0 AND d.accessed_at < c.calendar_ms / 1000 - r.keep_days * 86400))"

/* clang-format off */
#define STATEMENT_TABLE(X)                                                                                         \
    /* ---- the fence: $1 incarnation, $2 lane */                                                                  \
    X(GUARD,         "SELECT 1 / count(*)::int4 FROM (SELECT 1 FROM kp_lanes WHERE incarnation = $1::int8"         \
                     " AND lane = $2::int2 AND NOT dead FOR NO KEY UPDATE) alive")                                 \
    /* ---- appends: $3 ids, $4 first and $5 end revisions, $6 times, $7 batches */                                \
    /* A row follows the last one. The first of a journal begins at 0 or where the text */                         \
    /* ends, or before: a snapshot may be written before the edits that are in it. If their */                     \
    /* row never came, since its server died, the next one goes on where the text ends. */                         \
    X(APPEND,        "WITH alive AS (SELECT 1 FROM kp_lanes WHERE incarnation = $1::int8 AND lane = $2::int2"      \
                     " AND NOT dead FOR NO KEY UPDATE)"                                                            \
                     " INSERT INTO kp_journal (document_id, first_revision, end_revision, time_ms, writer, batch)" \
                     " SELECT u.id, u.f, u.e, u.t, $1::int8, u.b"                                                  \
                     " FROM alive, unnest($3::text[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[])"            \
                     " AS u (id, f, e, t, b)"                                                                      \
                     " WHERE u.f = coalesce((SELECT j.end_revision FROM kp_journal j WHERE j.document_id = u.id"   \
                     " ORDER BY j.first_revision DESC LIMIT 1),"                                                   \
                     " CASE WHEN u.f = 0 THEN 0 ELSE"                                                              \
                     " (SELECT least(d.revision, u.f) FROM kp_documents d WHERE d.id = u.id) END)"                 \
                     " OR u.f = (SELECT d.revision FROM kp_documents d WHERE d.id = u.id AND d.revision >"         \
                     " (SELECT j.end_revision FROM kp_journal j WHERE j.document_id = u.id"                        \
                     " ORDER BY j.first_revision DESC LIMIT 1))")                                                  \
    /* $2 ids, $3 first revisions of rows that were just appended, $4 times */                                     \
    /* A row that is locked is not waited for: whoever has it, a snapshot or an opening, sets its times, too. */   \
    X(TOUCH,         "UPDATE kp_documents d SET updated_at = x.t / 1000, accessed_at = x.now / 1000 FROM"          \
                     " (SELECT l.id, u.t, c.calendar_ms AS now FROM kp_calendar c,"                                \
                     " unnest($2::text[], $3::int8[], $4::int8[]) AS u (id, f, t)"                                 \
                     " JOIN kp_documents l ON l.id = u.id WHERE EXISTS"                                            \
                     " (SELECT 1 FROM kp_journal j WHERE j.document_id = u.id AND j.first_revision = u.f"          \
                     " AND j.writer = $1::int8) FOR NO KEY UPDATE OF l SKIP LOCKED) x WHERE d.id = x.id")          \
    X(MAKE_ROWS,     "INSERT INTO kp_documents (id, revision, created_at, updated_at, accessed_at, text)"          \
                     " SELECT u.id, 0, u.t / 1000, u.t / 1000, c.calendar_ms / 1000, ''::bytea FROM kp_calendar c,"\
                     " unnest($2::text[], $3::int8[], $4::int8[]) AS u (id, f, t) WHERE EXISTS"                    \
                     " (SELECT 1 FROM kp_journal j WHERE j.document_id = u.id AND j.first_revision = u.f"          \
                     " AND j.writer = $1::int8) AND NOT EXISTS"                                                    \
                     " (SELECT 1 FROM kp_documents d WHERE d.id = u.id) ON CONFLICT (id) DO NOTHING")              \
    /* $2 ids, $3 first revisions of rows that were just appended, $4 epochs, $5 where those begin */              \
    X(APPEND_EPOCHS, "INSERT INTO kp_epochs (document_id, epoch, first_revision) SELECT u.id, u.epoch, u.at"       \
                     " FROM unnest($2::text[], $3::int8[], $4::bytea[], $5::int8[]) AS u (id, f, epoch, at)"       \
                     " WHERE EXISTS (SELECT 1 FROM kp_journal j WHERE j.document_id = u.id"                        \
                     " AND j.first_revision = u.f AND j.writer = $1::int8) AND NOT EXISTS"                         \
                     " (SELECT 1 FROM kp_epochs e WHERE e.document_id = u.id AND e.epoch = u.epoch)")              \
    /* Why a row was not appended. $2 lane, $3 ids, $4 first revisions. */                                         \
    X(WHY,           "SELECT EXISTS (SELECT 1 FROM kp_lanes WHERE incarnation = $1::int8 AND lane = $2::int2"      \
                     " AND NOT dead), u.n, j.end_revision, j.writer, j.batch"                                      \
                     " FROM unnest($3::text[], $4::int8[]) WITH ORDINALITY AS u (id, f, n)"                        \
                     " LEFT JOIN kp_journal j ON j.document_id = u.id AND j.first_revision = u.f ORDER BY u.n")    \
    /* ---- claims and loads: $2 ids, $3 "even without a row" */                                                   \
    X(CLAIM,         "INSERT INTO kp_placement AS p (document_id, owner) SELECT u.id, $1::int8"                    \
                     " FROM unnest($2::text[], $3::bool[]) AS u (id, begins) WHERE u.begins OR EXISTS"             \
                     " (SELECT 1 FROM kp_documents d WHERE d.id = u.id) ORDER BY u.id COLLATE \"C\""               \
                     " ON CONFLICT (document_id) DO UPDATE SET owner = $1::int8 WHERE p.owner = $1::int8"          \
                     " OR EXISTS (SELECT 1 FROM kp_nodes n WHERE n.incarnation = p.owner"                          \
                     " AND n.dead_at IS NOT NULL)")                                                                \
    /* $1 ids: who has them, and does he live; no row for what nobody has */                                       \
    X(OWNERS,        "SELECT u.n, p.owner, k.dead_at IS NULL, k.address"                                           \
                     " FROM unnest($1::text[]) WITH ORDINALITY AS u (id, n)"                                       \
                     " JOIN kp_placement p ON p.document_id = u.id JOIN kp_nodes k ON k.incarnation = p.owner")    \
    /* of those that are ours */                                                                                   \
    X(LOAD,          "SELECT u.n, d.revision, d.created_at, d.updated_at, d.accessed_at, d.language, d.otp,"       \
                     " octet_length(d.text), d.clients, d.text, c.calendar_ms,"                                    \
                     " (SELECT max(a.author) FROM kp_authors a WHERE a.document_id = u.id),"                       \
                     " EXISTS (SELECT 1 FROM kp_history_off o WHERE o.document_id = u.id)," COMMENT_COLUMNS        \
                     " FROM kp_calendar c, unnest($2::text[]) WITH ORDINALITY AS u (id, n)"                        \
                     " JOIN kp_placement p ON p.document_id = u.id AND p.owner = $1::int8"                         \
                     " JOIN kp_documents d ON d.id = u.id LEFT JOIN kp_commented m ON m.document_id = u.id")       \
    X(LOAD_EPOCHS,   "SELECT u.n, e.epoch, e.first_revision FROM unnest($2::text[]) WITH ORDINALITY AS u (id, n)"  \
                     " JOIN kp_placement p ON p.document_id = u.id AND p.owner = $1::int8"                         \
                     " JOIN kp_epochs e ON e.document_id = u.id ORDER BY u.n, e.seq")                              \
    X(LOAD_JOURNAL,  "SELECT u.n, j.first_revision, j.end_revision, j.time_ms, j.batch"                            \
                     " FROM unnest($2::text[]) WITH ORDINALITY AS u (id, n)"                                       \
                     " JOIN kp_placement p ON p.document_id = u.id AND p.owner = $1::int8"                         \
                     " JOIN kp_journal j ON j.document_id = u.id ORDER BY u.n, j.first_revision")                  \
    /* ---- epochs: $2 ids, $3 epochs, $4 where they begin; NULL: where the history ends */                        \
    /* $5: only of documents that this server owns */                                                              \
    X(ADD_EPOCHS,    "INSERT INTO kp_epochs (document_id, epoch, first_revision)"                                  \
                     " SELECT u.id, u.epoch, coalesce(u.at, greatest(d.revision,"                                  \
                     " (SELECT j.end_revision FROM kp_journal j WHERE j.document_id = u.id"                        \
                     " ORDER BY j.first_revision DESC LIMIT 1)))"                                                  \
                     " FROM unnest($2::text[], $3::bytea[], $4::int8[]) AS u (id, epoch, at)"                      \
                     " JOIN kp_documents d ON d.id = u.id WHERE (NOT $5::bool OR EXISTS"                           \
                     " (SELECT 1 FROM kp_placement p WHERE p.document_id = u.id AND p.owner = $1::int8))"          \
                     " AND NOT EXISTS"                                                                             \
                     " (SELECT 1 FROM kp_epochs e WHERE e.document_id = u.id AND e.epoch = u.epoch)")              \
    X(TRIM_EPOCHS,   "DELETE FROM kp_epochs e USING unnest($1::text[]) AS u (id) WHERE e.document_id = u.id"       \
                     " AND e.seq <= (SELECT k.seq FROM kp_epochs k WHERE k.document_id = u.id"                     \
                     " ORDER BY k.seq DESC OFFSET 8 LIMIT 1)")                                                     \
    /* ---- peeks: $1 ids */                                                                                       \
    X(PEEK,          "SELECT u.n, d.revision, d.created_at, d.updated_at, d.accessed_at, d.language, d.otp,"       \
                     " octet_length(d.text), (SELECT j.time_ms FROM kp_journal j WHERE j.document_id = u.id"       \
                     " ORDER BY j.first_revision DESC LIMIT 1)"                                                    \
                     " FROM unnest($1::text[]) WITH ORDINALITY AS u (id, n) JOIN kp_documents d ON d.id = u.id")   \
    /* ---- openings: $2 ids, $3 only of documents that this server owns */                                        \
    X(OPENED,        "UPDATE kp_documents d SET accessed_at = c.calendar_ms / 1000"                                \
                     " FROM kp_calendar c, unnest($2::text[]) WITH ORDINALITY AS u (id, n) WHERE d.id = u.id"      \
                     " AND (NOT $3::bool OR EXISTS"                                                                \
                     " (SELECT 1 FROM kp_placement p WHERE p.document_id = u.id AND p.owner = $1::int8))"          \
                     " RETURNING u.n")                                                                             \
    /* ---- snapshots: $1 id, $2 language, $3 password, $4 revision, $5 seconds, $6 clients, $7 text */            \
    X(SNAPSHOT,      "INSERT INTO kp_documents (id, language, otp, revision, created_at, updated_at, accessed_at," \
                     " clients, text) SELECT $1::text, $2::bytea, $3::bytea, $4::int8, $5::int8, $5::int8,"        \
                     " calendar_ms / 1000, $6::bytea, $7::bytea FROM kp_calendar"                                  \
                     " ON CONFLICT (id) DO UPDATE SET language = excluded.language, otp = excluded.otp,"           \
                     " revision = excluded.revision, updated_at = excluded.updated_at,"                            \
                     " accessed_at = excluded.accessed_at, clients = excluded.clients, text = excluded.text")      \
    /* $1 id, $2 keep_from, $3 so many at most; the newest row stays, so that the next append has something to */  \
    /* follow, and so does everything that the text lacks */                                                       \
    X(TRIM_JOURNAL,  "DELETE FROM kp_journal j WHERE j.document_id = $1::text AND j.first_revision < $2::int8"     \
                     " AND j.end_revision <= $2::int8 AND j.first_revision < (SELECT k.first_revision"             \
                     " FROM kp_journal k WHERE k.document_id = $1::text ORDER BY k.first_revision DESC LIMIT 1)"   \
                     " AND j.first_revision < coalesce((SELECT k.first_revision FROM kp_journal k"                 \
                     " WHERE k.document_id = $1::text ORDER BY k.first_revision OFFSET $3::int8 LIMIT 1),"         \
                     " $2::int8) AND EXISTS"                                                                       \
                     " (SELECT 1 FROM kp_documents d WHERE d.id = $1::text AND d.revision >= $2::int8)")           \
    /* ---- rights: $1 ids */                                                                                      \
    X(RIGHTS,        "SELECT u.n, r.owner, r.owner_manages, r.owner_writes, r.keep_days, l.hash, l.id, l.role,"    \
                     " l.name, l.created_ms, l.expires_ms, l.history, l.used_ms, l.comments"                         \
                     " FROM unnest($1::text[]) WITH ORDINALITY AS u (id, n)"                                       \
                     " JOIN kp_rights r ON r.document_id = u.id LEFT JOIN kp_links l ON l.document_id = u.id"      \
                     " ORDER BY u.n, l.created_ms, l.id")                                                          \
    /* $1 id, $2 seconds */                                                                                        \
    X(MAKE_ROW,      "INSERT INTO kp_documents (id, revision, created_at, updated_at, accessed_at, text)"          \
                     " SELECT $1::text, 0, $2::int8, $2::int8, calendar_ms / 1000, ''::bytea FROM kp_calendar"     \
                     " ON CONFLICT (id) DO NOTHING")                                                               \
    /* $1 id, $2 language, $3 seconds */                                                                           \
    X(PUT_LANGUAGE,  "UPDATE kp_documents SET language = $2::bytea, updated_at = $3::int8 WHERE id = $1::text")    \
    X(PUT_RIGHTS,    "INSERT INTO kp_rights (document_id, owner, owner_manages, owner_writes, keep_days)"          \
                     " VALUES ($1::text, $2::bytea, $3::int8, $4::int8, $5::int8)"                                 \
                     " ON CONFLICT (document_id) DO UPDATE SET"                                                    \
                     " owner = excluded.owner, owner_manages = excluded.owner_manages,"                            \
                     " owner_writes = excluded.owner_writes, keep_days = excluded.keep_days")                                                            \
    X(DROP_LINKS,    "DELETE FROM kp_links WHERE document_id = $1::text")                                          \
    X(ADD_LINKS,     "INSERT INTO kp_links (document_id, hash, id, role, name, created_ms, expires_ms, history,"   \
                     " used_ms, comments) SELECT $1::text, u.* FROM unnest($2::bytea[], $3::text[], $4::text[],"   \
                     " $5::bytea[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::int8[]) AS u")            \
    X(FIND_LINK,     "SELECT document_id FROM kp_links WHERE hash = $1::bytea")                                    \
    X(LINK_USED,     "UPDATE kp_links SET used_ms = $2::int8 WHERE hash = $1::bytea")                              \
    /* ---- expiry: $2 id, $3 cutoff in seconds; claimed, deleted and released in one transaction */               \
    X(EXISTS,        "SELECT 1 FROM kp_documents WHERE id = $1::text")                                             \
    X(CLAIM_EXPIRED, "INSERT INTO kp_placement AS p (document_id, owner) SELECT d.id, $1::int8 FROM kp_documents d"\
                     " WHERE d.id = $2::text AND " OLD_ENOUGH                                                      \
                     " ON CONFLICT (document_id) DO UPDATE SET owner = $1::int8 WHERE p.owner = $1::int8"          \
                     " OR EXISTS (SELECT 1 FROM kp_nodes n WHERE n.incarnation = p.owner"                          \
                     " AND n.dead_at IS NOT NULL)")                                                                \
    X(DELETE,        "DELETE FROM kp_documents d WHERE d.id = $2::text AND " OLD_ENOUGH " AND EXISTS"              \
                     " (SELECT 1 FROM kp_placement p WHERE p.document_id = d.id AND p.owner = $1::int8)"           \
                     " RETURNING (SELECT c.calendar_ms FROM kp_calendar c) - d.accessed_at * 1000")                \
    /* for good: $3 one more epoch */                                                                              \
    X(BURY,          "INSERT INTO kp_deleted (epoch, deleted_at) SELECT x.epoch, c.calendar_ms / 1000"             \
                     " FROM kp_calendar c, (SELECT e.epoch FROM kp_epochs e WHERE e.document_id = $2::text"        \
                     " UNION SELECT $3::bytea) x WHERE EXISTS (SELECT 1 FROM kp_placement p"                       \
                     " WHERE p.document_id = $2::text AND p.owner = $1::int8) ON CONFLICT (epoch) DO NOTHING")     \
    /* $1 older than so many seconds */                                                                            \
    X(SWEEP_DELETED, "DELETE FROM kp_deleted WHERE deleted_at <"                                                   \
                     " (SELECT calendar_ms / 1000 FROM kp_calendar) - $1::int8")                                   \
    X(FIND_DELETED,  "SELECT 1 FROM kp_deleted WHERE epoch = $1::bytea")                                           \
    /* of a document that is gone */                                                                               \
    X(DELETE_JOURNAL, "DELETE FROM kp_journal j WHERE j.document_id = $2::text AND EXISTS"                         \
                     " (SELECT 1 FROM kp_placement p WHERE p.document_id = $2::text AND p.owner = $1::int8)"       \
                     " AND NOT EXISTS (SELECT 1 FROM kp_documents d WHERE d.id = $2::text)")                       \
    X(DELETE_EPOCHS, "DELETE FROM kp_epochs e WHERE e.document_id = $2::text AND EXISTS"                           \
                     " (SELECT 1 FROM kp_placement p WHERE p.document_id = $2::text AND p.owner = $1::int8)"       \
                     " AND NOT EXISTS (SELECT 1 FROM kp_documents d WHERE d.id = $2::text)")                       \
    X(RELEASE_GONE,  "DELETE FROM kp_placement p WHERE p.document_id = $2::text AND p.owner = $1::int8"            \
                     " AND NOT EXISTS (SELECT 1 FROM kp_documents d WHERE d.id = $2::text)")                       \
    /* $2 unused for so many ms, $3 at most so many: the cutoff, and what nobody else has in memory */             \
    X(EXPIRED,       "SELECT c.calendar_ms - $2::int8, x.id FROM kp_calendar c LEFT JOIN LATERAL"                  \
                     " (SELECT d.id, d.accessed_at FROM kp_documents d"                                            \
                     " WHERE d.accessed_at < (c.calendar_ms - $2::int8) / 1000 AND NOT EXISTS"                     \
                     " (SELECT 1 FROM kp_placement p JOIN kp_nodes n ON n.incarnation = p.owner"                   \
                     " WHERE p.document_id = d.id AND p.owner <> $1::int8 AND n.dead_at IS NULL)"                  \
                     " ORDER BY d.accessed_at LIMIT $3::int8) x ON true ORDER BY x.accessed_at")                   \
    /* of those that are kept for days of their own; $2 at most so many */                                         \
    X(EXPIRED_KEPT,  "SELECT d.id FROM kp_calendar c, kp_rights r JOIN kp_documents d ON d.id = r.document_id"     \
                     " WHERE r.keep_days > 0 AND d.accessed_at < c.calendar_ms / 1000 - r.keep_days * 86400"       \
                     " AND NOT EXISTS (SELECT 1 FROM kp_placement p JOIN kp_nodes n ON n.incarnation = p.owner"    \
                     " WHERE p.document_id = d.id AND p.owner <> $1::int8 AND n.dead_at IS NULL) LIMIT $2::int8")  \
    X(RELEASE,       "DELETE FROM kp_placement WHERE owner = $1::int8 AND document_id = ANY ($2::text[])")         \
    /* ---- the calendar: $2 ms that have passed */                                                                \
    X(CALENDAR,      "SELECT calendar_ms FROM kp_calendar")                                                        \
    X(STEP_CALENDAR, "UPDATE kp_calendar SET calendar_ms = calendar_ms +"                                          \
                     " CASE WHEN keeper = $1::int8 THEN $2::int8 ELSE 0 END, keeper = $1::int8"                    \
                     " WHERE keeper = $1::int8 OR NOT EXISTS"                                                      \
                     " (SELECT 1 FROM kp_nodes WHERE incarnation = keeper AND dead_at IS NULL)")                   \
    /* ---- numbers */                                                                                             \
    X(NUMBERS,       "SELECT CASE WHEN c.reltuples > 100000 THEN c.reltuples::int8 ELSE"                           \
                     " (SELECT count(*) FROM kp_documents) END, (SELECT sum(pg_total_relation_size(t.oid))::int8"  \
                     " FROM pg_class t WHERE t.relkind = 'r' AND t.relname LIKE 'kp\\_%'"                            \
                     " AND pg_table_is_visible(t.oid)) FROM pg_class c WHERE c.oid = 'kp_documents'::regclass")     \
    COMMENT_STATEMENT_TABLE(X)                                                                                     \
    HISTORY_STATEMENT_TABLE(X)                                                                                     \
    IMAGE_STATEMENT_TABLE(X)
/* clang-format on */

enum statement {
#define X(name, sql) STATEMENT_##name,
    STATEMENT_TABLE(X)
#undef X
        STATEMENT_COUNT
};

#endif
