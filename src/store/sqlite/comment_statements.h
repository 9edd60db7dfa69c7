/* comment_statements.h - the statements of comments.c, part of statements.h.
 *
 * ?1 is the document. A document whose row is gone gets neither. */
#ifndef KOLABPAD_STORE_SQLITE_COMMENT_STATEMENTS_H
#define KOLABPAD_STORE_SQLITE_COMMENT_STATEMENTS_H

/* clang-format off */
#define COMMENT_STATEMENT_TABLE(X)                                                                             \
    X(COMMENTS,     "SELECT thread, bytes FROM comments WHERE document_id = ?1")                               \
    X(PUT_COMMENT,  "INSERT OR REPLACE INTO comments (document_id, thread, bytes)"                             \
                    " SELECT id, ?2, ?3 FROM documents WHERE id = ?1")                                         \
    X(DROP_COMMENT, "DELETE FROM comments WHERE document_id = ?1 AND thread = ?2")                             \
    X(PUT_PLACES,   "INSERT OR REPLACE INTO commented (document_id, revision, places)"                         \
                    " SELECT id, ?2, ?3 FROM documents WHERE id = ?1")                                         \
    X(DROP_PLACES,  "DELETE FROM commented WHERE document_id = ?1")                                            \
    X(DELETE_COMMENTS, "DELETE FROM comments WHERE document_id = ?1")
/* clang-format on */

#endif
