#include "store/postgres/rival_watch.h"

void rival_watch_look(struct rival_watch *w, const struct rival *rival, int64_t now_us, int64_t gap_ms)
{
    bool is_same = w->incarnation == rival->incarnation;
    bool beats = is_same && w->seen_at_us != rival->seen_at_us;
    bool has_gap = now_us - w->looked_us > gap_ms * 1000;
    if (!is_same)
        *w = (struct rival_watch){.incarnation = rival->incarnation};
    w->has_beaten |= beats;
    w->was_blind = !beats && is_same && (w->was_blind || has_gap);
    if (!is_same || beats || has_gap)
        w->since_us = now_us;
    w->seen_at_us = rival->seen_at_us;
    w->looked_us = now_us;
}
