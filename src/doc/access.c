#include "doc/access.h"

const char *access_name(enum access access)
{
    static const char *const names[] = {
        [ACCESS_NONE] = "none", [ACCESS_VIEW] = "view", [ACCESS_EDIT] = "edit", [ACCESS_OWN] = "own"};
    return names[access];
}

enum comments_access comments_access_of(enum access access, enum comments_access at_least)
{
    return access >= ACCESS_EDIT ? COMMENTS_WRITE : at_least;
}

const char *comments_access_name(enum comments_access access)
{
    static const char *const names[] = {
        [COMMENTS_NONE] = NULL, [COMMENTS_READ] = "read", [COMMENTS_WRITE] = "write"};
    return names[access];
}
