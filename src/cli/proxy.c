#include "cli/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *variable(const char *lower, const char *upper)
{
    const char *value = getenv(lower);
    if ((!value || !value[0]) && upper)
        value = getenv(upper);
    return value ? value : "";
}

/* True when `host` is that name or in that domain. */
static bool is_within(const char *host, const char *name, size_t len)
{
    if (len > 0 && name[0] == '.') {
        name++;
        len--;
    }
    size_t host_len = strlen(host);
    if (len == 0 || host_len < len || strncasecmp(host + host_len - len, name, len) != 0)
        return false;
    return host_len == len || host[host_len - len - 1] == '.';
}

static bool needs_none(const char *host)
{
    for (const char *list = variable("no_proxy", "NO_PROXY"); *list;) {
        size_t len = strcspn(list, ", ");
        if ((len == 1 && *list == '*') || is_within(host, list, len))
            return true;
        list += len;
        list += strspn(list, ", ");
    }
    return false;
}

void proxy_find(const struct address *server, char *out, size_t size)
{
    const char *found =
        server->is_secure ? variable("https_proxy", "HTTPS_PROXY") : variable("http_proxy", NULL);
    if (!found[0])
        found = variable("all_proxy", "ALL_PROXY");
    out[0] = '\0';
    if (needs_none(server->host))
        return;
    if (strncmp(found, "http://", 7) == 0)
        found += 7;
    snprintf(out, size, "%.*s", (int)strcspn(found, "/"), found);
}

struct proxy_hidden proxy_hide(void)
{
    const char *value = getenv("http_proxy");
    struct proxy_hidden hidden = {value ? strdup(value) : NULL};
    unsetenv("http_proxy");
    return hidden;
}

void proxy_show(struct proxy_hidden *hidden)
{
    if (hidden->http_proxy)
        setenv("http_proxy", hidden->http_proxy, 1);
    free(hidden->http_proxy);
    hidden->http_proxy = NULL;
}
