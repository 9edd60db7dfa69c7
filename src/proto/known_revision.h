/* known_revision.h - the revision that a reader has, as the ids of events and entity tags name it.
 *
 *     812                            a number, which is believed
 *     812-q3RkNbXyTgaJ0PZtVvLhOQ     with the epoch of its text */
#ifndef KOLABPAD_PROTO_KNOWN_REVISION_H
#define KOLABPAD_PROTO_KNOWN_REVISION_H

#include "base/error.h"
#include "base/id128.h"

struct known_revision {
    uint64_t revision;
    bool has_epoch;
    struct id128 epoch;
};

/* A number of up to 18 digits. ERR_BAD_WAIT leaves `out` as it was. */
enum error known_number_read(struct slice text, uint64_t *out);
/* Either form. ERR_BAD_WAIT leaves `out` as it was. */
enum error known_revision_read(struct slice text, struct known_revision *out);

#endif
