/* leftover.h - what a process left beside the file that was killed while it wrote there.
 *
 * A new text is written under a name of its own, and exchanged with the file (diskfile.h). Killed before the
 * exchange a process leaves that text there, or a part of it; killed behind it, what the file had until
 * then. That is the text of before, or, where somebody had saved in that very moment, a save that
 * nobody has taken yet: it goes back into the file's place, or stays beside it under a name that can be
 * seen, when the file was saved once more since. */
#ifndef KOLABPAD_CLI_LEFTOVER_H
#define KOLABPAD_CLI_LEFTOVER_H

#include "cli/diskfile.h"

/* `before` is the text that the file was known to have, `text` the one that was to take its place.
 * Says what became of a save. What cannot be read or moved stays where it is. */
void leftovers_clear(const struct diskfile *f, struct slice before, struct slice text);

#endif
