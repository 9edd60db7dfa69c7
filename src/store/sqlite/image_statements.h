/* image_statements.h - the statements of images.c, part of statements.h. */
#ifndef KOLABPAD_STORE_SQLITE_IMAGE_STATEMENTS_H
#define KOLABPAD_STORE_SQLITE_IMAGE_STATEMENTS_H

/* clang-format off */
#define IMAGE_STATEMENT_TABLE(X)                                                                               \
    X(IMAGE,        "SELECT type, width, height, bytes FROM images WHERE id = ?1")                             \
    X(IMAGE_FIND,   "SELECT id, type, width, height FROM images WHERE document_id = ?1 AND digest = ?2")       \
    X(IMAGES_USED,  "SELECT coalesce(sum(size), 0) FROM images WHERE document_id = ?1")                        \
    X(IMAGE_ADD,    "INSERT INTO images (id, document_id, digest, type, width, height, created_at, size,"      \
                    " bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                     \
    X(DELETE_IMAGES, "DELETE FROM images WHERE document_id = ?1")
/* clang-format on */

#endif
