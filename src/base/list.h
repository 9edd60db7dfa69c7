/* list.h - intrusive doubly linked lists.
 *
 * The link lives inside the object, so joining and leaving are O(1), never
 * allocate and never fail. A list is a ring through its head; a link that is
 * in no list points at itself. Leaving twice is harmless. */
#ifndef KOLABPAD_BASE_LIST_H
#define KOLABPAD_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *prev, *next;
};

/* The object that holds `link_ptr` as its member `member`. */
#define LIST_ITEM(link_ptr, type, member) ((type *)(void *)((char *)(link_ptr)-offsetof(type, member)))

/* Visits each link of the list; `pos` may leave the list inside the loop, as
 * `next` was read before. */
#define LIST_EACH(pos, following, head)                                                                      \
    for (struct link *pos = (head)->next, *following = pos->next; pos != (head);                             \
         pos = following, following = pos->next)

static inline void list_init(struct link *l)
{
    l->prev = l->next = l;
}

static inline bool list_is_empty(const struct link *head)
{
    return head->next == head;
}

static inline void list_append(struct link *head, struct link *l)
{
    l->prev = head->prev;
    l->next = head;
    head->prev->next = l;
    head->prev = l;
}

static inline void list_remove(struct link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    list_init(l);
}

#endif
