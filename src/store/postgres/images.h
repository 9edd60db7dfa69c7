/* images.h - the table of store/image.h in PostgreSQL.
 *
 * What changes it is sent with the other statements of the lane's group, and its results are
 * taken in the same order (documents.c). */
#ifndef KOLABPAD_STORE_POSTGRES_IMAGES_H
#define KOLABPAD_STORE_POSTGRES_IMAGES_H

#include "store/postgres/lane.h"

/* IMAGE_PUT. In req->result: ERR_IMAGES_FULL. */
void pg_image_send_put(struct pg_lane *lane, const struct store_request *req);
enum reply pg_image_read_put(struct pg_lane *lane, struct store_request *req);

/* Answers an IMAGE. */
enum reply pg_image_read(struct pg_connection *c, struct store_request *req);

#endif
