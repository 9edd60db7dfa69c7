/* open_elsewhere.h - is somebody else using this file?
 *
 * Our own servers lock each other out (lock.h). The ancestors know nothing of
 * that lock, and while they are idle SQLite holds none that would show them. So
 * the open files of the other processes are looked at, as far as this user may. A
 * process in another container, or of another user, is not seen. */
#ifndef KOLABPAD_STORE_SQLITE_OPEN_ELSEWHERE_H
#define KOLABPAD_STORE_SQLITE_OPEN_ELSEWHERE_H

#include <stdbool.h>
#include <stddef.h>

/* True when another process has the file open; `who` then says "4711 (name)". */
bool is_open_elsewhere(const char *path, char *who, size_t size);

#endif
