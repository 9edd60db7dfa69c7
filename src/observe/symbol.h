/* symbol.h - names for addresses, as profilers ask a running program for them.
 *
 *   asked:     0x55d0c0a1+0x7f12a0b4+…      hexadecimal, a plus between two
 *   answered:  0x7f12a0b4<TAB>sqlite3_step  a line for each that has a name
 *
 * The names are those that the dynamic linker knows: functions that libraries
 * export. Those of the program itself are read from its file by the profiler. */
#ifndef KOLABPAD_OBSERVE_SYMBOL_H
#define KOLABPAD_OBSERVE_SYMBOL_H

#include "base/buf.h"

/* Appends the answer; anything that is not such an address is passed over.
 * ERR_NO_MEMORY. Any thread. */
enum error symbol_append_names(struct slice addresses, struct buf *out);

#endif
