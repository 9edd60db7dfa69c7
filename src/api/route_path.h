/* route_path.h - the path of a request against that of a route.
 *
 *     route     /api/document/{id}/links/{link}
 *     request   /api/document/notes/links/Zm9v      id "notes", first part "Zm9v"
 *
 * Whatever stands in the request's path where the route has {…} is kept as it came, escaped, until it is
 * wanted. {id} is a document's (or an image's) and comes first, if it is there at all. No I/O. */
#ifndef KOLABPAD_API_ROUTE_PATH_H
#define KOLABPAD_API_ROUTE_PATH_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { ROUTE_PARTS_MAX = 2, ROUTE_PLACES_MAX = ROUTE_PARTS_MAX + 1 };

/* Borrowed from the request. */
struct route_places {
    struct slice at[ROUTE_PLACES_MAX];
    uint32_t count;
};

/* Does the whole path match? Then *out has its places. */
bool route_path_matches(const char *route, struct slice path, struct route_places *out);

/* Decoded. NULL ptr: the route has no such place; one that is there may be empty. */
struct route_names {
    struct slice id, parts[ROUTE_PARTS_MAX];
    struct buf memory[ROUTE_PLACES_MAX];
};

/* ERR_BAD_ID: no document can have that id. ERR_NOT_FOUND: a part is not escaped as it should be.
 * ERR_NO_MEMORY is told as one of these. route_names_deinit() is due in any case. */
enum error route_names_read(const char *route, const struct route_places *places, struct route_names *out);
void route_names_deinit(struct route_names *names);

/* May a document be called so? UTF-8, 1 to 128 bytes, without control characters and slashes. */
bool route_id_is_valid(struct slice id);

#endif
