#include "base/error.h"

struct row {
    const char *code, *text;
    short ws, http;
};

static const struct row table[] = {[OK] = {"ok", "It worked.", 1000, 200},
#define X(name, code, ws, http, text) [name] = {code, text, ws, http},
                                   ERROR_TABLE(X)
#undef X
};

/* A value outside the table is a mistake of ours and reads as ERR_INTERNAL. */
static const struct row *row_of(enum error err)
{
    return (unsigned)err < ERROR_COUNT ? &table[err] : &table[ERR_INTERNAL];
}

const char *error_code(enum error err)
{
    return row_of(err)->code;
}

const char *error_text(enum error err)
{
    return row_of(err)->text;
}

int error_ws_close(enum error err)
{
    return row_of(err)->ws;
}

int error_http_status(enum error err)
{
    return row_of(err)->http;
}
