/* mime.h - media types of the front end's files, by extension. */
#ifndef KOLABPAD_NET_MIME_H
#define KOLABPAD_NET_MIME_H

#include "base/slice.h"

/* A static string; "application/octet-stream" for what the table lacks. */
const char *mime_type(struct slice path);

#endif
