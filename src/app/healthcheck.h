/* healthcheck.h - asks a running server how it is, for containers that have no
 * curl: kolabpad-server --healthcheck. */
#ifndef KOLABPAD_APP_HEALTHCHECK_H
#define KOLABPAD_APP_HEALTHCHECK_H

#include "config/config.h"

/* GET BASE_PATH/api/health on this machine's PORT; prints one line. The exit
 * status: 0 healthy, 1 not. */
int healthcheck_run(const struct config *config);

#endif
