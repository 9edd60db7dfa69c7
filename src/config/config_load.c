/* The environment becomes a struct config. The rows are in config_table.c. */
#include "config/config.h"

#include "config/config_table.h"

#include <assert.h>
#include <ctype.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { MESSAGE_MAX = 512, PATH_BYTES = 4096 };

static void *field_of(struct config *c, size_t offset)
{
    return (char *)c + offset;
}

/* ---- values; each parser is false when it does not understand `text` ---- */

/* Digits only: no sign, no space, no fraction, no overflow. */
static bool parse_whole(const char *text, int64_t min, int64_t max, int64_t *out)
{
    int64_t n = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text) || n > (INT64_MAX - 9) / 10)
            return false;
        n = n * 10 + (*text - '0');
    }
    *out = n;
    return n >= min && n <= max;
}

static bool set_number(const struct setting *s, const char *text, struct config *c)
{
    void *field = field_of(c, s->offset);
    int64_t n;

    if (!parse_whole(text, s->min, s->max, &n))
        return false;
    n *= s->scale;
    if (s->size == sizeof(uint16_t))
        *(uint16_t *)field = (uint16_t)n;
    else if (s->size == sizeof(uint32_t))
        *(uint32_t *)field = (uint32_t)n;
    else
        *(int64_t *)field = n;
    return true;
}

static bool set_text(const struct setting *s, const char *text, struct config *c)
{
    const size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)text[i]))
            return false;
    if (len >= s->size)
        return false;
    memcpy(field_of(c, s->offset), text, len + 1);
    return true;
}

/* The place of `text` among the choices, whatever its case; or -1. */
static int find_choice(const struct setting *s, const char *text)
{
    for (int i = 0; s->choices[i]; i++)
        if (strcasecmp(s->choices[i], text) == 0)
            return i;
    return -1;
}

static bool set_choice(const struct setting *s, const char *text, struct config *c)
{
    const int choice = find_choice(s, text);

    if (choice < 0)
        return false;
    static_assert(sizeof(enum log_level) == sizeof(int) && sizeof(enum store_durability) == sizeof(int) &&
                      sizeof(enum remote_images) == sizeof(int),
                  "an enum is stored as an int");
    memcpy(field_of(c, s->offset), &choice, sizeof choice);
    return true;
}

static bool set_word(const struct setting *s, const char *text, struct config *c)
{
    const int choice = find_choice(s, text);

    return choice >= 0 && set_text(s, s->choices[choice], c);
}

static bool set_switch(const struct setting *s, const char *text, struct config *c)
{
    const bool on = strcasecmp(text, "on") == 0;

    if (!on && strcasecmp(text, "off") != 0)
        return false;
    *(bool *)field_of(c, s->offset) = on;
    return true;
}

static bool is_path_character(char ch)
{
    return isalnum((unsigned char)ch) || strchr("._~-", ch) != NULL;
}

/* "pad", "/pad" and "/pad/" are the same path; so are "" and "/". Segments are
 * not empty and not "." or "..". */
static bool set_path(const struct setting *s, const char *text, struct config *c)
{
    char *out = field_of(c, s->offset);
    size_t len = 0;

    text += *text == '/';
    while (*text) {
        const size_t segment = strcspn(text, "/");
        const bool dots = segment <= 2 && strspn(text, ".") >= segment;
        if (dots || len + 1 + segment >= s->size)
            return false;
        for (size_t i = 0; i < segment; i++)
            if (!is_path_character(text[i]))
                return false;
        out[len] = '/';
        memcpy(out + len + 1, text, segment);
        len += 1 + segment;
        text += segment + (text[segment] == '/');
    }
    out[len] = '\0';
    return true;
}

/* ---- lists ---- */

/* The next member of a comma-separated list, without the spaces around it;
 * false at the end. Empty members are skipped. */
static bool next_member(const char **rest, struct slice *out)
{
    while (**rest == ',' || **rest == ' ')
        ++*rest;
    size_t len = strcspn(*rest, ",");
    *out = slice_of(*rest, len);
    *rest += len;
    while (out->len > 0 && out->ptr[out->len - 1] == ' ')
        out->len--;
    return out->len > 0;
}

/* The host and port after the scheme, or an empty slice when it is no origin. */
static struct slice origin_host(struct slice origin)
{
    static const struct slice schemes[] = {{"https://", 8}, {"http://", 7}};

    for (size_t i = 0; i < 2; i++)
        if (origin.len > schemes[i].len && strncasecmp(origin.ptr, schemes[i].ptr, schemes[i].len) == 0)
            return slice_from(origin, schemes[i].len);
    return (struct slice){0};
}

static bool is_origin(struct slice origin)
{
    const struct slice host = origin_host(origin);

    for (size_t i = 0; i < host.len; i++)
        if (!isalnum((unsigned char)host.ptr[i]) && !memchr(".-_:[]", host.ptr[i], 6))
            return false;
    return host.len > 0;
}

/* Writes an origin as browsers do: lower case, no slash at the end; "*" stands for
 * any. False when it is no origin or does not fit. */
static bool write_origin(struct slice origin, char *out, size_t size)
{
    if (origin.ptr[origin.len - 1] == '/')
        origin.len--;
    if (origin.len >= size || (!slice_equal(origin, SLICE("*")) && !is_origin(origin)))
        return false;
    for (size_t i = 0; i < origin.len; i++)
        out[i] = (char)tolower((unsigned char)origin.ptr[i]);
    out[origin.len] = '\0';
    return true;
}

static bool add_origin(struct config *c, struct slice origin)
{
    return c->origin_count < CONFIG_LIST_MAX &&
           write_origin(origin, c->origins[c->origin_count], sizeof c->origins[0]) && ++c->origin_count;
}

static bool add_framer(struct config *c, struct slice origin)
{
    size_t len = strlen(c->frame_ancestors);

    if (len > 0)
        c->frame_ancestors[len++] = ' ';
    return len < sizeof c->frame_ancestors &&
           write_origin(origin, c->frame_ancestors + len, sizeof c->frame_ancestors - len);
}

static bool add_network(struct config *c, struct slice network)
{
    return c->trusted_count < CONFIG_LIST_MAX && network_parse(network, &c->trusted[c->trusted_count]) &&
           ++c->trusted_count;
}

static bool set_list(bool (*add)(struct config *, struct slice), const char *text, struct config *c)
{
    struct slice member;

    while (next_member(&text, &member))
        if (!add(c, member))
            return false;
    return true;
}

static bool set_origins(const struct setting *s, const char *text, struct config *c)
{
    (void)s;
    return set_list(add_origin, text, c);
}

static bool set_framers(const struct setting *s, const char *text, struct config *c)
{
    (void)s;
    return set_list(add_framer, text, c);
}

static bool set_networks(const struct setting *s, const char *text, struct config *c)
{
    (void)s;
    return set_list(add_network, text, c);
}

static bool set_nothing(const struct setting *s, const char *text, struct config *c)
{
    (void)s, (void)text, (void)c;
    return true;
}

/* A header's value: it is sent as it stands. */
static bool set_policy(const struct setting *s, const char *text, struct config *c)
{
    for (const char *at = text; *at; at++)
        if (*at < ' ' || *at > '~')
            return false;
    return set_text(s, text, c);
}

/* ---- databases and addresses ---- */

static bool set_database(const struct setting *s, const char *text, struct config *c)
{
    bool is_url = strncmp(text, "postgres://", 11) == 0 || strncmp(text, "postgresql://", 13) == 0;

    return (!*text || is_url) && set_text(s, text, c);
}

/* "pads1:3030", "10.0.0.5:3030", "[fd00::5]:3030" */
static bool set_address(const struct setting *s, const char *text, struct config *c)
{
    const char *colon = strrchr(text, ':');
    const size_t host = colon ? (size_t)(colon - text) : 0;
    int64_t port;

    if (!*text)
        return set_text(s, text, c);
    if (host == 0 || !parse_whole(colon + 1, 1, UINT16_MAX, &port))
        return false;
    const bool in_brackets = text[0] == '[' && text[host - 1] == ']';
    for (size_t i = 0; i < host; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(in_brackets ? ":.%[]" : ".-_", text[i]))
            return false;
    return set_text(s, text, c);
}

/* ---- rows ---- */

static bool (*const setters[])(const struct setting *, const char *, struct config *) = {
    [SETTING_TEXT] = set_text,       [SETTING_PATH] = set_path,         [SETTING_NUMBER] = set_number,
    [SETTING_CHOICE] = set_choice,   [SETTING_WORD] = set_word,         [SETTING_SWITCH] = set_switch,
    [SETTING_ORIGINS] = set_origins, [SETTING_NETWORKS] = set_networks, [SETTING_FRAMERS] = set_framers,
    [SETTING_POLICY] = set_policy,   [SETTING_FOREIGN] = set_nothing,   [SETTING_DATABASE] = set_database,
    [SETTING_ADDRESS] = set_address,
};

/* A value for the message: short, and printable. */
static const char *shown(const char *text, char out[64])
{
    size_t len = 0;

    for (; text[len] && len < 60; len++)
        out[len] = isprint((unsigned char)text[len]) ? text[len] : '?';
    memcpy(out + len, text[len] ? "..." : "", text[len] ? 4 : 1);
    return out;
}

/* The variable that counts for this row, or NULL when the default does. */
static const char *variable_of(const struct setting *s)
{
    const char *const names[] = {s->name, s->alias};

    for (size_t i = 0; i < 2; i++) {
        const char *value = names[i] ? getenv(names[i]) : NULL;
        if (value && (*value || s->empty_is_value))
            return names[i];
    }
    return NULL;
}

static enum error load_row(const struct setting *s, struct config *c, char message[MESSAGE_MAX])
{
    const char *variable = variable_of(s), *text = variable ? getenv(variable) : s->default_text;
    char value[64], expected[128];

    if (setters[s->type](s, text, c))
        return OK;
    if (s->is_secret)
        snprintf(message, MESSAGE_MAX, "%s is not as it must be: expected %s", variable ? variable : s->name,
                 setting_expects(s, expected));
    else
        snprintf(message, MESSAGE_MAX, "%s is \"%s\": expected %s", variable ? variable : s->name,
                 shown(text, value), setting_expects(s, expected));
    return ERR_BAD_REQUEST;
}

static enum error load_test_row(const struct test_setting *s, struct config *c, char message[MESSAGE_MAX])
{
    const char *text = getenv(s->name);
    char value[64];

    if (!text || !*text || parse_whole(text, 0, INT64_MAX, field_of(c, s->offset)))
        return OK;
    snprintf(message, MESSAGE_MAX, "%s is \"%s\": expected a whole number of milliseconds", s->name,
             shown(text, value));
    return ERR_BAD_REQUEST;
}

/* ---- defaults that depend on where we are ---- */

static bool has_page(const char *folder)
{
    char path[PATH_BYTES];

    return (size_t)snprintf(path, sizeof path, "%s/index.html", folder) < sizeof path &&
           access(path, R_OK) == 0;
}

/* The folder that holds the program, "." when the system does not tell. */
static void program_folder(char out[PATH_BYTES])
{
    const ssize_t len = readlink("/proc/self/exe", out, PATH_BYTES - 1);

    out[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
    else
        memcpy(out, ".", 2);
}

static void find_static_dir(struct config *c)
{
    static const struct {
        const char *folder;
        bool beside_program;
    } places[] = {
        {"./frontend/dist", false}, {"./dist", false}, {"../frontend/dist", true}, {"../dist", true}};
    char program[PATH_BYTES], folder[PATH_BYTES + 32];

    program_folder(program);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(folder, sizeof folder, "%s%s%s", places[i].beside_program ? program : "",
                 places[i].beside_program ? "/" : "", places[i].folder);
        if (strlen(folder) < sizeof c->static_dir && has_page(folder)) {
            memcpy(c->static_dir, folder, strlen(folder) + 1);
            return;
        }
    }
    snprintf(c->static_dir, sizeof c->static_dir, "%s", places[0].folder);
}

/* The cores this process may use. */
static uint32_t count_cores(void)
{
    cpu_set_t cores;

    if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) < 1)
        return 1;
    return (uint32_t)CPU_COUNT(&cores);
}

static void lift_limits(struct config *c)
{
    c->edits_per_second = c->edits_burst = 0;
    c->connections_per_address = c->connections_total = 0;
    c->new_documents_per_minute = 0;
    c->password_attempts_per_minute = c->password_changes_per_minute = 0;
    c->rights_changes_per_minute = 0;
}

/* What is good by itself, but not together. */
static enum error check_database(const struct config *c, char message[MESSAGE_MAX])
{
    if (!c->database_url[0] && c->cluster_address[0])
        snprintf(
            message, MESSAGE_MAX,
            "CLUSTER_ADDRESS is set and DATABASE_URL is not: several servers share a PostgreSQL, and cannot "
            "share a SQLite file");
    else if (c->database_url[0] && c->durability == STORE_LAZY)
        snprintf(message, MESSAGE_MAX,
                 "DURABILITY is \"lazy\": with DATABASE_URL every edit is committed before anyone sees it; "
                 "expected "
                 "journal or fsync, which are the same there");
    else
        return OK;
    return ERR_BAD_REQUEST;
}

enum error config_load(struct config *out, char message[512])
{
    struct config c = {.persist_check_ms = 10000,
                       .idle_persist_ms = 30000,
                       .safety_net_ms = 300000,
                       .hello_timeout_ms = 5000,
                       .history_ms = 600000,
                       .history_untouched_ms = 86400000};
    enum error err = OK;

    for (size_t i = 0; i < config_setting_count && !err; i++)
        err = load_row(&config_settings[i], &c, message);
    for (size_t i = 0; i < config_test_setting_count && !err; i++)
        err = load_test_row(&config_test_settings[i], &c, message);
    if (!err)
        err = check_database(&c, message);
    if (err)
        return err;
    if (!c.static_dir[0])
        find_static_dir(&c);
    if (c.workers == 0)
        c.workers = count_cores();
    if (!c.rate_limits)
        lift_limits(&c);
    *out = c;
    return OK;
}
