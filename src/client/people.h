/* people.h - who is in the pad, as this client knows it.
 *
 * Carets and selections are kept in code points of the server's text, and move with
 * each of its operations; replica_caret brings them to the local text. One list, in the
 * order of user ids. Bounded: beyond PEOPLE_MAX nobody is noted. */
#ifndef KOLABPAD_CLIENT_PEOPLE_H
#define KOLABPAD_CLIENT_PEOPLE_H

#include "client/incoming.h"

enum { PEOPLE_MAX = 10000 };

struct person {
    uint64_t user_id;
    char name[PERSON_NAME_BYTES_MAX];
    uint16_t name_bytes;
    uint16_t hue;
    bool has_info; /* else only the carets are known */
    struct places places;
};

struct people {
    struct person *list;
    size_t count, cap;
};

void people_deinit(struct people *p);
void people_clear(struct people *p);

/* NULL: not known. Valid until the list changes. */
const struct person *people_find(const struct people *p, uint64_t user_id);

/* Name and colour; the carets stay. ERR_NO_MEMORY. */
enum error people_set_info(struct people *p, uint64_t user_id, struct slice name, uint16_t hue);
enum error people_set_places(struct people *p, uint64_t user_id, const struct places *places);
void people_remove(struct people *p, uint64_t user_id);
/* The same places after an operation on their text. */
void places_move(struct places *places, struct op_view op);
/* An operation was made on the server's text. */
void people_move(struct people *p, struct op_view op);

#endif
