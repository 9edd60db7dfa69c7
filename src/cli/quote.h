/* quote.h - text of a pad as an agent is shown it: with line numbers, and marked as
 * what others wrote, so that it is not taken for instructions.
 *
 * Lines are counted from 1, positions in bytes of the text. A text that ends in a line end
 * has no empty line behind it; the empty text has no line. */
#ifndef KOLABPAD_CLI_QUOTE_H
#define KOLABPAD_CLI_QUOTE_H

#include "base/buf.h"

enum { QUOTE_BYTES_MAX = 100 << 10, QUOTE_MARK_CHARS = 8 };

size_t quote_line_count(struct slice text);
/* Where that line begins; the end of the text for one behind the last. */
size_t quote_offset_of_line(struct slice text, size_t line);
/* The number of the line in which that byte is. */
size_t quote_line_of_offset(struct slice text, size_t at_bytes);

/* How often `needle`, which is not empty, occurs, without overlaps. */
size_t quote_occurrences(struct slice text, struct slice needle);
/* Where it occurs next, from `from_bytes` on; the length of the text when it does not. */
size_t quote_find(struct slice text, struct slice needle, size_t from_bytes);

/* Appends lines `first` to `last` with their numbers, as far as QUOTE_BYTES_MAX allows, but
 * one at least, cut if need be; *shown is the last one. Before and behind them stands a mark
 * that the text cannot know: `random` makes it. ERR_NO_MEMORY. */
enum error quote_lines(struct slice text, size_t first, size_t last, uint64_t random, struct buf *out,
                       size_t *shown);

#endif
