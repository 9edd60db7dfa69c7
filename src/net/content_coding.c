#include "net/content_coding.h"

#include "net/header_list.h"

static const struct row {
    const char *name, *suffix;
} table[CODING_COUNT] = {
    [CODING_IDENTITY] = {"identity", ""},
    [CODING_GZIP] = {"gzip", ".gz"},
    [CODING_BR] = {"br", ".br"},
};

const char *content_coding_name(enum content_coding coding)
{
    return table[coding].name;
}

const char *content_coding_suffix(enum content_coding coding)
{
    return table[coding].suffix;
}

/* The quality that the client gives the coding: that of its own entry, else that
 * of "*". A coding that is not mentioned at all is not wanted. */
static int quality_of(struct slice list, enum content_coding coding)
{
    struct header_item item;
    int quality = 0;

    while (header_list_next(&list, &item)) {
        if (ascii_equal_nocase(item.name, slice_from_cstr(table[coding].name)))
            return item.quality;
        if (slice_equal(item.name, SLICE("*")))
            quality = item.quality;
    }
    return quality;
}

enum content_coding content_coding_choose(struct slice accept_encoding, const bool there[CODING_COUNT])
{
    enum content_coding best = CODING_IDENTITY;
    int best_quality = quality_of(accept_encoding, CODING_IDENTITY);

    for (enum content_coding c = CODING_IDENTITY + 1; c < CODING_COUNT; c++) {
        int quality = quality_of(accept_encoding, c);
        if (there[c] && quality > 0 && quality >= best_quality) {
            best = c;
            best_quality = quality;
        }
    }
    return best;
}
