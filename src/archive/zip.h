/* zip.h - compressed bytes: Zstandard (docs/decisions/111).
 *
 * Any thread. ERR_NO_MEMORY; ERR_STORAGE: the bytes are not what zip_pack made of that
 * many. On failure `out` is as it was. */
#ifndef KOLABPAD_ARCHIVE_ZIP_H
#define KOLABPAD_ARCHIVE_ZIP_H

#include "base/buf.h"

/* The most that anything here is before compression: a text at its limit, and then some. */
enum { ZIP_BYTES_MAX = 256 * 1024 * 1024 };

/* Append to `out`. */
enum error zip_pack(struct slice bytes, struct buf *out);
enum error zip_unpack(struct slice packed, size_t size_bytes, struct buf *out);

#endif
