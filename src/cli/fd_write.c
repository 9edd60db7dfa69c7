#include "cli/fd_write.h"

#include <errno.h>
#include <unistd.h>

bool fd_write(int fd, struct slice text)
{
    while (text.len > 0) {
        const ssize_t written = write(fd, text.ptr, text.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text = slice_from(text, (size_t)written);
    }
    return true;
}
