#include "cli/workfile.h"

#include "cli/fd_write.h"
#include "cli/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = 64 };

/* The pad's name as far as it is harmless in a path and a command. */
static void name_of(const struct address *pad, struct slice language, char *out, size_t size)
{
    char name[NAME_BYTES + 1];
    size_t len = 0;
    for (const char *c = pad->id; *c && len < NAME_BYTES; c++, len++) {
        bool is_plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", *c) ||
                        (len > 0 && (*c == '.' || *c == '-'));
        name[len] = '_';
        if (is_plain)
            name[len] = *c;
    }
    name[len] = '\0';
    snprintf(out, size, "%s%s", len > 0 ? name : "pad", strchr(name, '.') ? "" : language_ending(language));
}

enum exit_code workfile_make(struct workfile *w, const struct address *pad, struct slice language)
{
    const char *tmp = getenv("TMPDIR");
    char name[NAME_BYTES + 16];
    int len =
        snprintf(w->folder, sizeof(w->folder), "%s/kolabpad-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");
    name_of(pad, language, name, sizeof(name));
    if (len + (int)sizeof(name) + 8 > WORKFILE_PATH_BYTES || !mkdtemp(w->folder))
        return say(EXIT_REFUSED, "no folder can be made in %s: %s", tmp ? tmp : "/tmp", strerror(errno));
    snprintf(w->path, sizeof(w->path), "%.*s/%s", len, w->folder, name);
    return EXIT_DONE;
}

enum exit_code workfile_write(const struct workfile *w, struct slice text)
{
    char next[WORKFILE_PATH_BYTES + 8];
    snprintf(next, sizeof(next), "%s.new", w->path);
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_written = fd >= 0 && fd_write(fd, text);
    is_written = fd >= 0 && close(fd) == 0 && is_written;
    if (!is_written || rename(next, w->path) != 0)
        return say(EXIT_REFUSED, "%s cannot be written: %s", w->path, strerror(errno));
    return EXIT_DONE;
}

/* An editor may have left a copy or a lock there; such a folder stays. */
void workfile_remove(const struct workfile *w)
{
    unlink(w->path);
    rmdir(w->folder);
}
