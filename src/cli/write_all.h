/* write_all.h - writing to a file or a terminal until everything is written. */
#ifndef KOLABPAD_CLI_WRITE_ALL_H
#define KOLABPAD_CLI_WRITE_ALL_H

#include "base/slice.h"

#include <stdbool.h>

/* False: errno says why, and a part of it may be written. */
bool write_all(int fd, struct slice text);

#endif
