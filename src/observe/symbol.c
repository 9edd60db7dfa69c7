#include "observe/symbol.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = memchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c, sizeof(digits) - 1);

    return at ? (int)(at - digits) : -1;
}

/* "0x…", and nothing else; 0 when it is not one. */
static uintptr_t address_from(struct slice text)
{
    uintptr_t address = 0;

    if (text.len <= 2 || text.len > 2 + 2 * sizeof(address) || memcmp(text.ptr, "0x", 2) != 0)
        return 0;
    for (size_t i = 2; i < text.len; i++) {
        const int digit = digit_of(text.ptr[i]);
        if (digit < 0)
            return 0;
        address = address << 4 | (uintptr_t)digit;
    }
    return address;
}

static enum error append_line(struct buf *out, struct slice address, const char *name)
{
    enum error err = buf_append(out, address);

    if (!err)
        err = buf_append_byte(out, '\t');
    if (!err)
        err = buf_append(out, slice_from_cstr(name));
    return err ? err : buf_append_byte(out, '\n');
}

/* Addresses that are none, or have no name, add no line. */
static enum error append_name(struct slice text, struct buf *out)
{
    const uintptr_t address = address_from(text);
    Dl_info found = {0};

    if (address == 0 || !dladdr((void *)address, &found) || !found.dli_sname)
        return OK;
    return append_line(out, text, found.dli_sname);
}

enum error symbol_append_names(struct slice addresses, struct buf *out)
{
    enum error err = OK;

    while (addresses.len > 0 && !err) {
        const char *plus = memchr(addresses.ptr, '+', addresses.len);
        const size_t len = plus ? (size_t)(plus - addresses.ptr) : addresses.len;
        err = append_name(slice_of(addresses.ptr, len), out);
        addresses = slice_from(addresses, plus ? len + 1 : len);
    }
    return err;
}
