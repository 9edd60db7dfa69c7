#include "archive/zip.h"

#include <zstd.h>

enum { LEVEL = 6 };

enum error zip_pack(struct slice bytes, struct buf *out)
{
    size_t room = ZSTD_compressBound(bytes.len);
    if (buf_reserve(out, room))
        return ERR_NO_MEMORY;
    size_t size = ZSTD_compress(out->ptr + out->len, room, bytes.ptr, bytes.len, LEVEL);
    if (ZSTD_isError(size))
        return ERR_NO_MEMORY; /* there is room, so nothing else can be the matter */
    out->len += size;
    return OK;
}

enum error zip_unpack(struct slice packed, size_t size_bytes, struct buf *out)
{
    if (size_bytes > ZIP_BYTES_MAX)
        return ERR_STORAGE;
    if (buf_reserve(out, size_bytes + 1)) /* never NULL, even for nothing */
        return ERR_NO_MEMORY;
    size_t size = ZSTD_decompress(out->ptr + out->len, size_bytes, packed.ptr, packed.len);
    if (ZSTD_isError(size) || size != size_bytes)
        return ERR_STORAGE;
    out->len += size;
    return OK;
}
