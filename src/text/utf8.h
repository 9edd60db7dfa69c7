/* utf8.h - strict UTF-8, and the one measure of text.
 *
 * Everything inside the program is valid UTF-8 (RFC 3629: no overlong forms,
 * no surrogates, nothing above U+10FFFF); bytes from outside are checked once,
 * at the edge, with utf8_check. The other functions take valid text.
 *
 * Units, and how names say them: `bytes` (UTF-8), `points` (Unicode code
 * points, the unit of the protocol), `u16` (UTF-16 code units, the unit of
 * browsers). Only the rope and this file convert between them. */
#ifndef KOLABPAD_TEXT_UTF8_H
#define KOLABPAD_TEXT_UTF8_H

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

/* The size of a text in each unit. */
struct measure {
    uint32_t bytes;
    uint32_t points;
    uint32_t u16;
};

static inline struct measure measure_add(struct measure a, struct measure b)
{
    return (struct measure){a.bytes + b.bytes, a.points + b.points, a.u16 + b.u16};
}

static inline struct measure measure_sub(struct measure a, struct measure b)
{
    return (struct measure){a.bytes - b.bytes, a.points - b.points, a.u16 - b.u16};
}

/* Checks untrusted bytes and measures them. ERR_BAD_TEXT when they are not
 * strict UTF-8; `out` is then unchanged. `out` may be NULL. */
enum error utf8_check(struct slice bytes, struct measure *out);

/* How many bytes from the start on are text as documents have it: strict UTF-8 without
 * carriage returns. bytes.len: all of them; else the offset of the first fault. */
size_t utf8_text_bytes(struct slice bytes);

/* True when the text holds a carriage return. (Documents refuse them: line ends
 * are \n.) */
bool utf8_has_cr(struct slice text);
/* Appends the text with \r\n and \r as \n. ERR_NO_MEMORY: nothing was appended. */
enum error utf8_append_without_cr(struct buf *out, struct slice text);

/* Measures valid text. Fast: counts word-wise. */
struct measure utf8_measure(struct slice text);

/* The byte offset of the code point number `points`, or of the code point that
 * holds UTF-16 unit number `u16` (so a position inside a surrogate pair counts
 * as before it). Beyond the text, its length. */
size_t utf8_offset_of_points(struct slice text, uint32_t points);
size_t utf8_offset_of_u16(struct slice text, uint32_t u16);

#endif
