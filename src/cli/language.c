#include "cli/language.h"

#include <string.h>

enum { NAME_BYTES_MAX = 64 };

bool language_is_good(struct slice language)
{
    static const char others[] = " +#._-";
    for (size_t i = 0; i < language.len; i++) {
        char c = language.ptr[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alnum && !memchr(others, c, sizeof(others) - 1))
            return false;
    }
    return language.len > 0 && language.len <= NAME_BYTES_MAX;
}

static const struct {
    const char *language, *ending;
} endings[] = {
    {"c", ".c"},           {"cpp", ".cpp"},     {"csharp", ".cs"},     {"css", ".css"},   {"go", ".go"},
    {"html", ".html"},     {"java", ".java"},   {"javascript", ".js"}, {"json", ".json"}, {"latex", ".tex"},
    {"lua", ".lua"},       {"markdown", ".md"}, {"perl", ".pl"},       {"php", ".php"},   {"python", ".py"},
    {"ruby", ".rb"},       {"rust", ".rs"},     {"shell", ".sh"},      {"sql", ".sql"},   {"toml", ".toml"},
    {"typescript", ".ts"}, {"xml", ".xml"},     {"yaml", ".yaml"},
};

const char *language_ending(struct slice language)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (slice_equal(language, slice_from_cstr(endings[i].language)))
            return endings[i].ending;
    return ".txt";
}
