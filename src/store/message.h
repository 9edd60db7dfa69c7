/* message.h - the one sentence that store_open leaves when it fails. */
#ifndef KOLABPAD_STORE_MESSAGE_H
#define KOLABPAD_STORE_MESSAGE_H

#include "base/error.h"

enum { MESSAGE_BYTES = 512 };

/* Writes the sentence, cut where it does not fit, and is ERR_STORAGE. */
enum error message_error(char message[MESSAGE_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
