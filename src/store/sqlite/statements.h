/* statements.h - every statement that runs more than once, prepared at open.
 *
 * Times in tables are seconds; accessed_at is by the calendar
 * (calendar_keeper.h), everything else by the wall clock. In `documents` the text comes last: a column
 * behind it would cost a walk through all of the text's pages.
 *
 * TOUCH changes a row at most once a minute, because changing one copies its
 * whole text; what is newer than that, the journal's times tell. */
#ifndef KOLABPAD_STORE_SQLITE_STATEMENTS_H
#define KOLABPAD_STORE_SQLITE_STATEMENTS_H

#include "store/sqlite/comment_statements.h"
#include "store/sqlite/history_statements.h"
#include "store/sqlite/image_statements.h"

/* clang-format off */
#define STATEMENT_TABLE(X)                                                                                     \
    X(BEGIN_READ,   "BEGIN")                                                                                   \
    X(BEGIN_WRITE,  "BEGIN IMMEDIATE")                                                                         \
    X(COMMIT,       "COMMIT")                                                                                  \
    X(ROLLBACK,     "ROLLBACK")                                                                                \
    /* documents */                                                                                            \
    X(LOAD,         "SELECT d.revision, created_at, updated_at, accessed_at, language, otp, clients,"          \
                    " c.revision, c.places, text FROM documents AS d"                                          \
                    " LEFT JOIN commented AS c ON c.document_id = d.id WHERE d.id = ?1")                       \
    X(PEEK,         "SELECT revision, created_at, updated_at, accessed_at, language, otp, rowid"               \
                    " FROM documents WHERE id = ?1")                                                           \
    X(TOUCH,        "INSERT INTO documents (id, revision, created_at, updated_at, accessed_at, text)"          \
                    " VALUES (?1, 0, ?2, ?2, ?3, '')"                                                          \
                    " ON CONFLICT (id) DO UPDATE SET updated_at = ?2, accessed_at = ?3"                        \
                    " WHERE accessed_at < ?3 - 60 OR updated_at NOT BETWEEN ?2 - 60 AND ?2 + 60")              \
    X(SNAPSHOT,     "INSERT INTO documents (id, language, otp, revision, created_at, updated_at, accessed_at," \
                    " clients, text) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?8, ?6, ?7)"                              \
                    " ON CONFLICT (id) DO UPDATE SET language = ?2, otp = ?3, revision = ?4, updated_at = ?5," \
                    " accessed_at = ?8, clients = ?6, text = ?7")                                              \
    X(OPENED,       "UPDATE documents SET accessed_at = ?2 WHERE id = ?1")                                     \
    X(LAST_ACCESS,  "SELECT d.accessed_at, coalesce(r.keep_days, 0) FROM documents AS d"                       \
                    " LEFT JOIN rights AS r ON r.document_id = d.id WHERE d.id = ?1")                          \
    X(EXPIRED,      "SELECT id FROM documents AS d WHERE accessed_at < ?1 AND NOT EXISTS"                      \
                    " (SELECT 1 FROM journal WHERE document_id = d.id AND time_ms BETWEEN ?2 AND ?3)"          \
                    " ORDER BY accessed_at LIMIT ?4")                                                          \
    X(DELETE,       "DELETE FROM documents WHERE id = ?1")                                                     \
    X(DOCUMENTS,    "SELECT COUNT(*) FROM documents")                                                          \
    /* journal */                                                                                              \
    X(JOURNAL,      "SELECT first_revision, time_ms, batch FROM journal WHERE document_id = ?1"                \
                    " ORDER BY first_revision")                                                                \
    X(LAST_EDIT,    "SELECT time_ms FROM journal WHERE document_id = ?1 ORDER BY first_revision DESC LIMIT 1") \
    X(JOURNAL_END,  "SELECT end_revision FROM journal WHERE document_id = ?1"                                  \
                    " ORDER BY first_revision DESC LIMIT 1")                                                   \
    X(APPEND,       "INSERT INTO journal (document_id, first_revision, end_revision, batch, time_ms)"          \
                    " VALUES (?1, ?2, ?3, ?4, ?5)")                                                            \
    X(TRIM_JOURNAL, "DELETE FROM journal WHERE document_id = ?1 AND first_revision < ?2"                       \
                    " AND end_revision <= ?2 AND first_revision <"                                             \
                    " (SELECT max(first_revision) FROM journal WHERE document_id = ?1)")                       \
    X(DELETE_JOURNAL, "DELETE FROM journal WHERE document_id = ?1")                                            \
    /* epochs */                                                                                               \
    X(EPOCHS,       "SELECT epoch, first_revision FROM epochs WHERE document_id = ?1 ORDER BY seq")            \
    X(ADD_EPOCH,    "INSERT INTO epochs (document_id, epoch, first_revision) SELECT ?1, ?2, ?3"                \
                    " WHERE NOT EXISTS (SELECT 1 FROM epochs WHERE document_id = ?1 AND epoch = ?2)")          \
    X(TRIM_EPOCHS,  "DELETE FROM epochs WHERE document_id = ?1 AND seq <= (SELECT seq FROM epochs"             \
                    " WHERE document_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET 8)")                             \
    X(DELETE_EPOCHS, "DELETE FROM epochs WHERE document_id = ?1")                                              \
    /* rights: of those with a time of their own, ?1 is now, ?2 how far the wall clock is ahead of it */      \
    X(RIGHTS,       "SELECT r.owner, r.owner_manages, r.owner_writes, r.keep_days, l.hash, l.id, l.role,"      \
                    " l.name, l.created_ms, l.expires_ms, l.history, l.used_ms, l.comments FROM rights AS r LEFT JOIN links AS l" \
                    " ON l.document_id = r.document_id WHERE r.document_id = ?1 ORDER BY l.created_ms, l.id")  \
    X(MAKE_ROW,     "INSERT INTO documents (id, revision, created_at, updated_at, accessed_at, text)"          \
                    " VALUES (?1, 0, ?2, ?2, ?3, '') ON CONFLICT (id) DO NOTHING")                             \
    X(PUT_LANGUAGE, "UPDATE documents SET language = ?2, updated_at = ?3 WHERE id = ?1")                       \
    X(PUT_RIGHTS,   "INSERT OR REPLACE INTO rights (document_id, owner, owner_manages, owner_writes, keep_days)" \
                    " VALUES (?1, ?2, ?3, ?4, ?5)")                                                            \
    X(ADD_LINK,     "INSERT INTO links (hash, document_id, id, role, name, created_ms, expires_ms, history,"   \
                    " used_ms, comments) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")                    \
    X(FIND_LINK,    "SELECT document_id FROM links WHERE hash = ?1")                                           \
    X(LINK_USED,    "UPDATE links SET used_ms = ?2 WHERE hash = ?1")                                           \
    X(EXPIRED_KEPT, "SELECT d.id FROM rights AS r JOIN documents AS d ON d.id = r.document_id"                 \
                    " WHERE r.keep_days > 0 AND d.accessed_at < ?1 - r.keep_days * 86400 AND NOT EXISTS"       \
                    " (SELECT 1 FROM journal WHERE document_id = d.id AND time_ms BETWEEN"                     \
                    " (?1 - r.keep_days * 86400) * 1000 + ?2 AND ?3) LIMIT ?4")                                \
    X(DELETE_RIGHTS, "DELETE FROM rights WHERE document_id = ?1")                                              \
    X(DELETE_LINKS, "DELETE FROM links WHERE document_id = ?1")                                                \
    /* deleted */                                                                                              \
    X(BURY,         "INSERT OR IGNORE INTO deleted (epoch, deleted_at)"                                        \
                    " SELECT epoch, ?3 FROM epochs WHERE document_id = ?1 UNION SELECT ?2, ?3")                \
    X(SWEEP_DELETED, "DELETE FROM deleted WHERE deleted_at < ?1")                                              \
    X(FIND_DELETED, "SELECT 1 FROM deleted WHERE epoch = ?1")                                                  \
    /* clock */                                                                                                \
    X(CLOCK,        "SELECT wall_ms, offset_ms, credit_ms FROM clock WHERE id = 1")                            \
    X(PUT_CLOCK,    "INSERT OR REPLACE INTO clock (id, wall_ms, offset_ms, credit_ms) VALUES (1, ?1, ?2, ?3)") \
    COMMENT_STATEMENT_TABLE(X)                                                                                 \
    HISTORY_STATEMENT_TABLE(X)                                                                                 \
    IMAGE_STATEMENT_TABLE(X)
/* clang-format on */

enum statement {
#define X(name, sql) STATEMENT_##name,
    STATEMENT_TABLE(X)
#undef X
        STATEMENT_COUNT
};

#endif
