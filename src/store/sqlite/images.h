/* images.h - the table of store/image.h in SQLite.
 *
 * Both run inside the transaction of their caller. */
#ifndef KOLABPAD_STORE_SQLITE_IMAGES_H
#define KOLABPAD_STORE_SQLITE_IMAGES_H

#include "store/sqlite/database.h"
#include "store/store.h"

/* Answers an IMAGE, on whichever connection reads. */
enum error sqlite_image_read(struct connection *c, struct store_request *req);

/* The image of an IMAGE_PUT, whose document may have no row. What is an answer and no failure is
 * in req->result. Done again it gives the same answer, but that the image was there. */
enum error sqlite_image_put(struct database *db, struct store_request *req);

#endif
