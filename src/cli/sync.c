/* sync.c - kolabpad sync: a file and a pad are kept the same. The file's side is sync_file.h; this is
 * the participant, and what makes the two take turns: an event of either, or time. */
#include "cli/commands.h"
#include "cli/sync_end.h"
#include "cli/sync_file.h"
#include "cli/writer.h"

#include <string.h>

enum {
    POLL_MS = 500,   /* between two looks, where nothing tells of changes */
    SOON_MS = 40,    /* while something is under way */
    LEAVE_MS = 2000, /* for the server to take the last edits */
};

struct sync {
    struct participant participant;
    struct call *call;
    struct sync_file file;
    uv_fs_event_t watch;
    uv_timer_t timer;
    uv_signal_t interrupt, terminate, hang_up;
    bool is_refusal_told;
    bool is_leaving; /* what was saved is sent first, until leave_ms */
    int64_t leave_ms;
    bool is_over;
    enum exit_code code;
};

static struct sync *sync_of(struct participant *p)
{
    return lws_container_of(p, struct sync, participant);
}

static void stop(struct sync *s, enum exit_code code)
{
    if (s->is_over)
        return;
    s->is_over = true;
    s->code = code;
}

/* ---- a turn ---- */

static void leave_when_done(struct sync *s)
{
    const struct client *c = s->participant.client;
    const bool is_under_way =
        (client_unsaved(c) > 0 && client_link(c) == CLIENT_UP) || sync_file_is_changing(&s->file);
    if (!s->is_leaving || (is_under_way && net_now_ms(&s->call->net) < s->leave_ms))
        return;
    stop(s, EXIT_DONE);
}

static void turn(struct sync *s);

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

static void turn(struct sync *s)
{
    if (s->is_over)
        return;
    sync_file_step(&s->file, net_now_ms(&s->call->net));
    if (s->file.is_over)
        stop(s, s->file.code);
    leave_when_done(s);
    if (s->is_over)
        return;
    participant_turn(&s->participant);
    const bool is_busy = s->is_leaving || sync_file_is_busy(&s->file);
    uv_timer_start(&s->timer, on_timer, is_busy ? SOON_MS : POLL_MS, 0);
}

/* ---- what happens ---- */

static void tell_refusal(struct sync *s)
{
    const struct refusal *refusal = client_refusal(s->participant.client);
    if (refusal && strcmp(refusal->code, REFUSED_VIEW_ONLY) == 0)
        stop(s, participant_say_view_only(&s->participant));
    else if (refusal && !s->is_refusal_told)
        participant_say_refusal(&s->participant);
    s->is_refusal_told = refusal != NULL;
}

/* Comes from within a turn of the participant: the file's follows from the loop. */
static void news(struct participant *p, unsigned news)
{
    struct sync *s = sync_of(p);
    if (news & CLIENT_NEWS_SET_BACK)
        s->file.must_keep_copy = true;
    tell_refusal(s);
    uv_timer_start(&s->timer, on_timer, 1, 0); /* not at once: sockets come first */
}

static void ended(struct participant *p, enum exit_code code)
{
    stop(sync_of(p), code);
}

static bool before_edit(struct participant *p)
{
    struct sync *s = sync_of(p);
    const bool is_recorded = sync_file_before_edit(&s->file);
    if (!is_recorded)
        stop(s, s->file.code);
    return is_recorded;
}

static void on_file_event(uv_fs_event_t *watch, const char *name, int events, int status)
{
    struct sync *s = watch->data;
    (void)events;
    (void)status;
    if (!name || strcmp(name, s->file.file.name) == 0)
        turn(s);
}

/* The last save counts, too; a second signal does not wait for it. */
static void interrupted(uv_signal_t *handle, int number)
{
    struct sync *s = handle->data;
    (void)number;
    if (s->is_leaving)
        stop(s, EXIT_DONE);
    s->is_leaving = true;
    s->leave_ms = net_now_ms(&s->call->net) + LEAVE_MS;
    turn(s);
}

/* ---- the command ---- */

static void listen_for(struct sync *s, uv_signal_t *handle, int number)
{
    uv_signal_init(s->call->net.loop, handle);
    handle->data = s;
    uv_signal_start(handle, interrupted, number);
}

/* The folder is watched, since a file that another takes the place of is not the one of before. */
static void begin_to_listen(struct sync *s)
{
    uv_loop_t *loop = s->call->net.loop;
    uv_timer_init(loop, &s->timer);
    s->timer.data = s;
    uv_fs_event_init(loop, &s->watch);
    s->watch.data = s;
    uv_fs_event_start(&s->watch, on_file_event, s->file.file.folder, 0); /* else it is polled */
    listen_for(s, &s->interrupt, SIGINT);
    listen_for(s, &s->terminate, SIGTERM);
    listen_for(s, &s->hang_up, SIGHUP);
}

static void end_listening(struct sync *s)
{
    struct net *net = &s->call->net;
    net_close_handle(net, (uv_handle_t *)&s->timer);
    net_close_handle(net, (uv_handle_t *)&s->watch);
    net_close_handle(net, (uv_handle_t *)&s->interrupt);
    net_close_handle(net, (uv_handle_t *)&s->terminate);
    net_close_handle(net, (uv_handle_t *)&s->hang_up);
}

static enum exit_code run(struct sync *s)
{
    static const struct participant_events events = {news, ended, NULL};
    struct participant_config config = writer_config(s->call);
    config.before_edit = before_edit;
    begin_to_listen(s);
    if (participant_join(&s->participant, &config, &events)) {
        end_listening(s);
        return say_no_memory();
    }
    if (sync_file_begin(&s->file, s->participant.client, net_now_ms(&s->call->net)))
        s->participant.give_up_ms = INT64_MAX; /* the server may well be away */
    turn(s);
    net_run_until(&s->call->net, &s->is_over);
    s->code = sync_end_tell(&s->file, &s->participant, s->code);
    sync_file_end(&s->file);
    participant_leave(&s->participant);
    end_listening(s);
    return s->code;
}

enum exit_code sync_run(struct call *call)
{
    static struct sync s;
    s.call = call;
    if (!call->arguments[0])
        return say(EXIT_USAGE, "which file? See: kolabpad sync --help");
    enum exit_code code = sync_file_open(&s.file, call->arguments[0], &call->address);
    if (!code)
        code = run(&s);
    sync_file_close(&s.file);
    return code;
}
