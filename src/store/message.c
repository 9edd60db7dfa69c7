#include "store/message.h"

#include <stdarg.h>
#include <stdio.h>

enum error message_error(char message[MESSAGE_BYTES], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, MESSAGE_BYTES, format, arguments);
    va_end(arguments);
    return ERR_STORAGE;
}
