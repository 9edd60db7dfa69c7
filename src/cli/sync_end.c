#include "cli/sync_end.h"

#include <string.h>

/* A save that came too late to be looked at. */
static bool has_other_text(const struct sync_file *file)
{
    struct buf text = {0};
    const struct diskfile_state state = diskfile_look(&file->file);
    bool is_other = !diskfile_is_missing(&state) && !diskfile_is_same(&state, &file->saves.known);
    if (is_other)
        is_other = diskfile_read(&file->file, &text) != 0 ||
                   !slice_equal(buf_slice(&text), buf_slice(&file->mirror.file));
    buf_deinit(&text);
    return is_other;
}

/* Nothing is lacking anywhere before the two have met: they are as they were. */
static bool pad_is_lacking(const struct sync_file *file, const struct participant *p)
{
    return file->mirror.has_met && (client_unsaved(p->client) > 0 || file->is_paused || has_other_text(file));
}

static bool may_only_read(const struct participant *p)
{
    const struct refusal *refusal = client_refusal(p->client);
    return refusal && strcmp(refusal->code, REFUSED_VIEW_ONLY) == 0;
}

/* The pad or the link was there, and will not be again. */
static bool is_gone(const struct participant *p)
{
    const struct client_trouble trouble = client_trouble(p->client);
    return trouble.is_there && trouble.is_final &&
           (trouble.reason == CLOSING_GONE || trouble.reason == CLOSING_FORBIDDEN);
}

static enum exit_code tell_pad_is_lacking(const struct sync_file *file, const struct participant *p,
                                          enum exit_code code)
{
    const char *name = file->file.name, *when = "";
    const bool must_be_mended = file->is_paused || client_refusal(p->client);
    if (is_gone(p)) {
        say(code,
            "not all that was changed in %s is in the pad; the file has it: kolabpad new < %s makes a pad of "
            "it",
            name, name);
        return code ? code : EXIT_REFUSED;
    }
    if (file->is_paused)
        when = " and the file is mended";
    else if (may_only_read(p))
        when = " and the address may write";
    say(code, "not all that was changed in %s is in the pad; it is sent when this is called again%s", name,
        when);
    if (code)
        return code;
    return must_be_mended ? EXIT_REFUSED : EXIT_UNREACHABLE;
}

/* Whoever ends it himself, before what was typed a moment ago is written, knows as much. */
static bool must_tell_of_file(const struct sync_file *file, enum exit_code code)
{
    const bool is_lacking = file->mirror.has_met && mirror_must_write(&file->mirror) && !file->is_gone_told;
    return is_lacking && (code || file->is_failure_told);
}

enum exit_code sync_end_tell(const struct sync_file *file, const struct participant *p, enum exit_code code)
{
    if (pad_is_lacking(file, p))
        code = tell_pad_is_lacking(file, p, code);
    if (!must_tell_of_file(file, code))
        return code;
    return say(code ? code : EXIT_REFUSED,
               "%s does not have all that others typed; it is written when this is called again",
               file->file.name);
}
