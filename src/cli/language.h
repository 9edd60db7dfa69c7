/* language.h - the language of a text, as far as this program has to know it. */
#ifndef KOLABPAD_CLI_LANGUAGE_H
#define KOLABPAD_CLI_LANGUAGE_H

#include "base/slice.h"

/* True for a name that the server takes: 1 to 64 letters, digits, spaces and "+#._-". */
bool language_is_good(struct slice language);

/* The ending of a file in that language, with its point; ".txt" for what is not known. */
const char *language_ending(struct slice language);

#endif
