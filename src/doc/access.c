#include "doc/access.h"

const char *access_name(enum access access)
{
    static const char *const names[] = {
        [ACCESS_NONE] = "none", [ACCESS_VIEW] = "view", [ACCESS_EDIT] = "edit", [ACCESS_OWN] = "own"};
    return names[access];
}
