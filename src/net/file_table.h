/* file_table.h - the names, types, sizes and ETags of a folder, read once.
 *
 *     /index.html          identity, .gz, .br
 *     /assets/app-3f2.js   identity, .gz, .br
 *
 * A precompressed file is no entry of its own but a form of the one it
 * belongs to. Immutable once made. */
#ifndef KOLABPAD_NET_FILE_TABLE_H
#define KOLABPAD_NET_FILE_TABLE_H

#include "base/error.h"
#include "net/content_coding.h"

enum { ETAG_MAX = 48 };

struct file_entry {
    char *path;          /* as in URLs: begins with '/' */
    const char *type;    /* media type */
    char hash[ETAG_MAX]; /* of the identity form's bytes */
    uint64_t bytes[CODING_COUNT];
    bool there[CODING_COUNT];
    bool is_immutable; /* the name carries a hash of the content */
};

struct file_table {
    struct file_entry *entries; /* by path */
    size_t count;
};

/* An absent folder makes an empty table. Files that cannot be read are left
 * out. */
enum error file_table_read(const char *folder, struct file_table *out);
const struct file_entry *file_table_find(const struct file_table *table, struct slice path);
void file_table_deinit(struct file_table *table);

#endif
