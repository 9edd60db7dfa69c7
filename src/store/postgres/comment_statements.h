/* comment_statements.h - the statements of comments.c, part of statements.h.
 *
 * $1 is the document. A document whose row is gone gets neither. */
#ifndef KOLABPAD_STORE_POSTGRES_COMMENT_STATEMENTS_H
#define KOLABPAD_STORE_POSTGRES_COMMENT_STATEMENTS_H

/* clang-format off */
/* What LOAD has of comments: the revision of the places, the places, and all threads in one piece, each as its
 * id and its bytes, with their lengths in front. m is the row in kp_commented, if there is one. */
#define COMMENT_COLUMNS                                                                                        \
    " m.revision, m.places, CASE WHEN m.revision IS NOT NULL THEN (SELECT string_agg("                         \
    "int4send(octet_length(k.thread)) || convert_to(k.thread, 'UTF8') || int4send(octet_length(k.bytes)) ||"   \
    " k.bytes, ''::bytea) FROM kp_comments k WHERE k.document_id = u.id) END"

#define COMMENT_STATEMENT_TABLE(X)                                                                             \
    X(PUT_COMMENT,  "INSERT INTO kp_comments (document_id, thread, bytes)"                                     \
                    " SELECT d.id, $2::text, $3::bytea FROM kp_documents d WHERE d.id = $1::text"              \
                    " ON CONFLICT (document_id, thread) DO UPDATE SET bytes = excluded.bytes")                 \
    X(DROP_COMMENT, "DELETE FROM kp_comments WHERE document_id = $1::text AND thread = $2::text")              \
    X(PUT_PLACES,   "INSERT INTO kp_commented (document_id, revision, places)"                                 \
                    " SELECT d.id, $2::int8, $3::bytea FROM kp_documents d WHERE d.id = $1::text"              \
                    " ON CONFLICT (document_id) DO UPDATE SET revision = excluded.revision,"                   \
                    " places = excluded.places")                                                               \
    X(DROP_PLACES,  "DELETE FROM kp_commented WHERE document_id = $1::text")
/* clang-format on */

#endif
