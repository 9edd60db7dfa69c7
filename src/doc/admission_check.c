#include "doc/admission_check.h"

#include "observe/log.h"
#include "observe/metrics.h"

static void log_too_many(struct documents *docs, const struct admission_attempt *attempt)
{
    char client[ADDRESS_TEXT_MAX];
    address_format(attempt->client, client);
    log_event(LOG_WARN, "otp_validation_rate_high", LOG_CSTR("ip", client),
              LOG_UINT("count", docs->policy->password_attempts_per_minute));
}

/* Is there anything here that could be guessed? */
static bool is_guessable(const struct shown *shown, const struct store_rights *rights, struct slice password)
{
    return password.ptr || shown->link.ptr || (shown->owner_token.ptr && rights->has_owner);
}

/* Where it was the password that decided. */
static void log_judged(const struct admission_attempt *attempt, const struct admission *admission,
                       enum error err)
{
    if (err != ERR_PASSWORD && !admission->by_password)
        return;
    log_event(LOG_INFO, "otp_validation", LOG_STR("docId", attempt->id), LOG_CSTR("source", attempt->source),
              LOG_CSTR("result", err ? "invalid" : "valid"));
}

static void count_judged(struct documents *docs, const struct admission_attempt *attempt,
                         const struct admission *admission, enum error err)
{
    if (err == ERR_PASSWORD)
        metric_inc(METRIC_PASSWORD_ERRORS);
    if (err == ERR_WITHDRAWN) {
        metric_inc(METRIC_LINK_ERRORS);
        log_event(LOG_INFO, "link_refused", LOG_STR("docId", attempt->id));
    }
    /* Asking without a password is how a browser learns that it needs one: no guess. */
    if (admission->is_guess)
        limits_take(docs->limits, LIMIT_PASSWORD_ATTEMPT, attempt->client, documents_now_ms(docs));
}

enum error admission_check(struct documents *docs, const struct admission_attempt *attempt,
                           const struct store_rights *rights, struct slice password, struct admission *out)
{
    if (is_guessable(&attempt->shown, rights, password) &&
        !limits_has(docs->limits, LIMIT_PASSWORD_ATTEMPT, attempt->client, documents_now_ms(docs))) {
        log_too_many(docs, attempt);
        return ERR_RATE_LIMITED;
    }
    enum error err = admission_judge(rights, password, &attempt->shown, documents_wall_ms(docs), out);
    log_judged(attempt, out, err);
    count_judged(docs, attempt, out, err);
    return err;
}
