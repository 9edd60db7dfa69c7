/* address.h - the address of a pad, as people copy it from the browser.
 *
 *     https://pad.example/#notes                 a pad
 *     https://pad.example/#notes&otp=secret      and its password
 *     https://pad.example/#notes&owner=<token>   and the token of its owner
 *     https://pad.example/#/link/<token>         a link
 *     notes, or #notes                           with KOLABPAD_URL=https://pad.example/
 *
 * What follows the "#" is read as the page reads it (the same escapes, the
 * password at the end alone), so that an address that works there works here.
 *
 * An address is a secret: whoever has it may edit. address_hide() takes it out
 * of what `ps` shows. */
#ifndef KOLABPAD_CLI_ADDRESS_H
#define KOLABPAD_CLI_ADDRESS_H

#include "base/buf.h"
#include "base/id128.h"

enum { ADDRESS_PART_BYTES = 256, PAD_ID_BYTES = 128, PASSWORD_BYTES = 256 };

enum address_kind {
    ADDRESS_SERVER, /* no pad: of the server alone */
    ADDRESS_PAD,
    ADDRESS_LINK,
};

struct address {
    enum address_kind kind;
    bool is_secure; /* https */
    uint16_t port;
    char host[ADDRESS_PART_BYTES];     /* without the brackets of IPv6 */
    char base[ADDRESS_PART_BYTES];     /* the folder of the page: begins and ends with "/" */
    char id[PAD_ID_BYTES + 1];         /* of a pad, decoded */
    char link[ID128_CHARS + 1];        /* of a link */
    char owner[ID128_CHARS + 1];       /* of a pad's owner; "" when the address has none */
    char password[PASSWORD_BYTES + 1]; /* that the address carries; "" when it does not */
};

/* Reads `text`; `server` is KOLABPAD_URL or NULL. False, and why in `problem`
 * (static, a sentence without its end), when it is no address; `out` is then of
 * no use. Neither string is kept. */
bool address_parse(const char *text, const char *server, struct address *out, const char **problem);

/* Reads the address of a server, in which nothing names a pad. */
bool address_parse_server(const char *server, struct address *out, const char **problem);

/* Overwrites in the argument itself all that follows the "#" (or all of it,
 * where it is an id alone). */
void address_hide(char *argument);

/* Makes of a server's address that of a new pad: a name that nobody finds by trying, with a
 * letter or digit at either end, as the page makes them. */
void address_make_pad(struct address *a);

/* Appends the address of the page with that pad, as the page writes it, without
 * a password. ERR_NO_MEMORY. */
enum error address_print(const struct address *a, struct slice id, struct buf *out);

/* Appends "https://host:port", for messages. ERR_NO_MEMORY. */
enum error address_print_server(const struct address *a, struct buf *out);

/* Appends `text` with all but letters, digits and "-_.!~*'()" escaped, as
 * encodeURIComponent does. ERR_NO_MEMORY. */
enum error address_escape(struct slice text, struct buf *out);

#endif
