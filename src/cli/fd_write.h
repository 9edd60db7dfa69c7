/* fd_write.h - writing to a file or a terminal until everything is written. */
#ifndef KOLABPAD_CLI_FD_WRITE_H
#define KOLABPAD_CLI_FD_WRITE_H

#include "base/slice.h"

#include <stdbool.h>

/* False: errno says why, and a part of it may be written. */
bool fd_write(int fd, struct slice text);

#endif
