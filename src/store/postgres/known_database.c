#include "store/postgres/known_database.h"

#include <string.h>

bool known_database_has_fingerprint(struct known_database *known)
{
    pthread_mutex_lock(&known->lock);
    bool has = known->fingerprint.hex[0] != '\0';
    pthread_mutex_unlock(&known->lock);
    return has;
}

bool known_database_is_another(struct known_database *known, const struct fingerprint *found)
{
    pthread_mutex_lock(&known->lock);
    if (!known->fingerprint.hex[0])
        known->fingerprint = *found;
    bool is_another = strcmp(known->fingerprint.hex, found->hex) != 0;
    pthread_mutex_unlock(&known->lock);
    return is_another;
}

void known_database_note(struct known_database *known, struct lineage lineage)
{
    if (lineage.system == 0)
        return;
    pthread_mutex_lock(&known->lock);
    if (lineage.system != known->newest.system || lineage.timeline > known->newest.timeline)
        known->newest = lineage;
    pthread_mutex_unlock(&known->lock);
}

bool known_database_is_past(struct known_database *known, struct lineage lineage)
{
    if (lineage.system == 0)
        return false;
    pthread_mutex_lock(&known->lock);
    bool is_past = known->newest.system == lineage.system && known->newest.timeline > lineage.timeline;
    pthread_mutex_unlock(&known->lock);
    return is_past;
}
