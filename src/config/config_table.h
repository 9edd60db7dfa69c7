/* config_table.h - the settings, one row each; internal to the config files.
 *
 * A row says everything about its setting: config_load.c parses by it,
 * config_doc.c writes --help, docs/configuration.md and .env.example from it. */
#ifndef KOLABPAD_CONFIG_CONFIG_TABLE_H
#define KOLABPAD_CONFIG_CONFIG_TABLE_H

#include "config/config.h"

enum setting_type {
    SETTING_TEXT,     /* char[] */
    SETTING_PATH,     /* char[]: "", or "/a/b" */
    SETTING_NUMBER,   /* uint16_t, uint32_t or int64_t, multiplied by `scale` */
    SETTING_CHOICE,   /* an enum: the place in `choices` */
    SETTING_WORD,     /* char[]: one of `choices` */
    SETTING_SWITCH,   /* bool: on, off */
    SETTING_ORIGINS,  /* origins, origin_count */
    SETTING_FRAMERS,  /* char[]: origins with spaces between */
    SETTING_POLICY,   /* char[]: a header's value */
    SETTING_NETWORKS, /* trusted, trusted_count */
    SETTING_DATABASE, /* char[]: PostgreSQL's URL */
    SETTING_ADDRESS,  /* char[]: host:port */
    SETTING_FOREIGN,  /* known, but not for this program */
};

enum setting_group {
    GROUP_SERVING,
    GROUP_DOCUMENTS,
    GROUP_CLUSTER,
    GROUP_CONNECTIONS,
    GROUP_LIMITS,
    GROUP_WHO,
    GROUP_PAGE,
    GROUP_LOGS,
    GROUP_CADDY,
    GROUP_COUNT
};
extern const char *const setting_group_names[GROUP_COUNT];

struct setting {
    const char *name, *alias; /* alias: an older name, NULL when none */
    enum setting_group group;
    enum setting_type type;
    size_t offset, size; /* of the field in struct config */
    int64_t min, max, scale;
    const char *unit;           /* of a number, plural; NULL when it has none */
    const char *const *choices; /* ends with NULL */
    const char *default_text;   /* parsed like a value; "" may mean what default_words say */
    const char *default_words;  /* for people, when the text does not say it; or NULL */
    bool empty_is_value;        /* else an empty variable counts as unset */
    bool is_secret;             /* no message may show what it was */
    const char *help;           /* one sentence or two, no line ends */
};
extern const struct setting config_settings[];
extern const size_t config_setting_count;

/* KP_TEST_…_MS: sets an int64_t field after everything else. */
struct test_setting {
    const char *name;
    size_t offset;
};
extern const struct test_setting config_test_settings[];
extern const size_t config_test_setting_count;

/* Describes what a setting takes, as the end of "expected …". Static or in `out`. */
const char *setting_expects(const struct setting *s, char out[128]);

#endif
