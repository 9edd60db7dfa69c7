#include "net/security_headers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX = 255, POLICY_MAX = 1024 + PAGE_POLICY_TEXT_MAX + PAGE_POLICY_FRAMERS_MAX };

static const struct header {
    const char *name, *value;
} fixed[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
};

static bool is_host_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".:[]-", c));
}

static bool is_host(struct slice host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_char(host.ptr[i]))
            return false;
    return host.len > 0 && host.len <= HOST_MAX;
}

/* The sources for frame-ancestors: none without a list, or with one that is too
 * long for the header. */
static struct slice framers_of(const struct page_policy *policy)
{
    bool is_open = policy->framers.len > 0 && policy->framers.len <= PAGE_POLICY_FRAMERS_MAX;

    return is_open ? policy->framers : SLICE("'none'");
}

static bool is_replaced(const struct page_policy *policy)
{
    return policy->replacement.len > 0 && policy->replacement.len <= PAGE_POLICY_TEXT_MAX;
}

/* A replacement may say itself whose frames the page may be in. */
static bool names_framers(const struct page_policy *policy)
{
    static const struct slice name = {"frame-ancestors", 15};
    const struct slice text = policy->replacement;

    for (size_t i = 0; is_replaced(policy) && i + name.len <= text.len; i++)
        if (strncasecmp(text.ptr + i, name.ptr, name.len) == 0)
            return true;
    return false;
}

static void write_replacement(char out[POLICY_MAX], const struct page_policy *policy)
{
    struct slice framers = framers_of(policy), text = policy->replacement;

    if (names_framers(policy))
        snprintf(out, POLICY_MAX, "%.*s", (int)text.len, text.ptr);
    else
        snprintf(out, POLICY_MAX, "%.*s; frame-ancestors %.*s", (int)text.len, text.ptr, (int)framers.len,
                 framers.ptr);
}

/* 'self' alone does not cover WebSockets in older Safari: they are named. The one policy
 * of trusted types is that by which the page registers its service worker: browsers take
 * the address of one from a policy alone. */
static void write_policy(char out[POLICY_MAX], const struct page_policy *policy, struct slice host)
{
    char sockets[2 * HOST_MAX + 32] = "";
    struct slice framers = framers_of(policy);
    int len = (int)host.len;

    if (is_host(host))
        snprintf(sockets, sizeof sockets, " ws://%.*s wss://%.*s", len, host.ptr, len, host.ptr);
    snprintf(out, POLICY_MAX,
             "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
             "img-src 'self' data: blob:%s; font-src 'self'; connect-src 'self'%s; manifest-src 'self'; "
             "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors %.*s; "
             "require-trusted-types-for 'script'; trusted-types service-worker",
             policy->has_remote_images ? " https:" : "", sockets, (int)framers.len, framers.ptr);
}

void security_headers_each(const struct page_policy *policy, struct slice host, bool is_tls,
                           void (*add)(void *arg, const char *name, const char *value), void *arg)
{
    char text[POLICY_MAX];

    if (is_replaced(policy))
        write_replacement(text, policy);
    else
        write_policy(text, policy, host);
    add(arg, "Content-Security-Policy", text);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        add(arg, fixed[i].name, fixed[i].value);
    /* For browsers that do not know frame-ancestors. This header cannot hold a list,
     * so it is left out where there is one. */
    if (policy->framers.len == 0 && !names_framers(policy))
        add(arg, "X-Frame-Options", "DENY");
    if (is_tls)
        add(arg, "Strict-Transport-Security", "max-age=31536000");
}
