/* image_statements.h - the statements of images.c, part of statements.h. */
#ifndef KOLABPAD_STORE_POSTGRES_IMAGE_STATEMENTS_H
#define KOLABPAD_STORE_POSTGRES_IMAGE_STATEMENTS_H

/* clang-format off */
#define IMAGE_STATEMENT_TABLE(X)                                                                                     \
    X(IMAGE,         "SELECT type, width, height, bytes FROM kp_images WHERE id = $1::bytea")                        \
    /* The row that the image refers to, if it fits. $1 document, $2 seconds, $3 size, $4 room */                    \
    X(IMAGE_ROW,     "INSERT INTO kp_documents (id, revision, created_at, updated_at, accessed_at, text)"            \
                     " SELECT $1::text, 0, $2::int8, $2::int8, calendar_ms / 1000, ''::bytea FROM kp_calendar"       \
                     " WHERE $3::int8 <= $4::int8 ON CONFLICT (id) DO NOTHING")                                      \
    /* $1 document, $2 digest, $3 id, $4 type, $5 width, $6 height, $7 seconds, $8 bytes, $9 size, $10 room */       \
    X(IMAGE_ADD,     "INSERT INTO kp_images (id, document_id, digest, type, width, height, created_at, size, bytes)" \
                     " SELECT $3::bytea, $1::text, $2::bytea, $4::int8, $5::int8, $6::int8, $7::int8, $9::int8,"     \
                     " $8::bytea WHERE $9::int8 + (SELECT coalesce(sum(i.size), 0) FROM kp_images i WHERE"           \
                     " i.document_id = $1::text) <= $10::int8 ON CONFLICT DO NOTHING")                               \
    /* $1 document, $2 digest: the image with those bytes, and how much there is now */                              \
    X(IMAGE_FOUND,   "SELECT (SELECT i.id FROM kp_images i WHERE i.document_id = $1::text AND i.digest ="            \
                     " $2::bytea), (SELECT coalesce(sum(i.size), 0)::int8 FROM kp_images i WHERE i.document_id ="    \
                     " $1::text)")
/* clang-format on */

#endif
