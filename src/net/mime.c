#include "net/mime.h"

#include <string.h>

static const struct row {
    const char *extension, *type;
} table[] = {
    {"css", "text/css; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"webmanifest", "application/manifest+json"},
    {"woff2", "font/woff2"},
};

const char *mime_type(struct slice path)
{
    const char *dot = path.len > 0 ? memrchr(path.ptr, '.', path.len) : NULL;
    struct slice extension = dot ? slice_from(path, (size_t)(dot - path.ptr) + 1) : (struct slice){0};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_equal(extension, slice_from_cstr(table[i].extension)))
            return table[i].type;
    return "application/octet-stream";
}
