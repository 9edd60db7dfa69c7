#include "store/postgres/lineage.h"

void newest_lineage_note(struct newest_lineage *newest, struct lineage lineage)
{
    if (lineage.system == 0)
        return;
    pthread_mutex_lock(&newest->lock);
    if (lineage.system != newest->seen.system || lineage.timeline > newest->seen.timeline)
        newest->seen = lineage;
    pthread_mutex_unlock(&newest->lock);
}

bool newest_lineage_is_past(struct newest_lineage *newest, struct lineage lineage)
{
    if (lineage.system == 0)
        return false;
    pthread_mutex_lock(&newest->lock);
    bool is_past = newest->seen.system == lineage.system && newest->seen.timeline > lineage.timeline;
    pthread_mutex_unlock(&newest->lock);
    return is_past;
}
