/* static_files.h - the front end's files.
 *
 * The folder is read once into a table of names, types, sizes and ETags, with
 * the precompressed variants (.br, .gz) beside each; requests are answered
 * from the table, so no path from outside ever reaches the file system. A
 * reload (SIGHUP, or an index.html that changed) builds a new table.
 *
 * Names under assets/ carry a content hash and are immutable; everything else
 * is revalidated by ETag. Thread: the HTTP server's; reload from any. */
#ifndef KOLABPAD_NET_STATIC_FILES_H
#define KOLABPAD_NET_STATIC_FILES_H

#include "net/http.h"

struct static_files;

/* An absent or empty folder is not an error: `*count` is 0 and requests get
 * 404 until a reload finds something. Names that begin with a dot and symbolic
 * links are left out. `folder` is borrowed for life. */
enum error static_files_open(const char *folder, struct static_files **out, size_t *count);
enum error static_files_reload(struct static_files *files);
void static_files_close(struct static_files *files); /* NULL is fine */

/* GET and HEAD of `path` ("/" is index.html); other methods get 405. False when
 * there is no such file: the caller answers. Handles If-Match, If-None-Match,
 * Accept-Encoding and escapes in the path; Range is not (and Accept-Ranges not sent):
 * every file is small. */
bool static_files_respond(struct static_files *files, struct http_request *req, struct slice path);

#endif
