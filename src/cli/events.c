#include "cli/events.h"

#include "cli/print.h"
#include "client/outgoing.h"

void events_deinit(struct events *e)
{
    buf_deinit(&e->people);
    buf_deinit(&e->language);
}

static enum exit_code finish(struct json *j, struct buf *line)
{
    json_raw(j, "}");
    enum exit_code code = print_json(j, line);
    buf_deinit(line);
    return code;
}

static struct json begin(struct buf *line, const char *event)
{
    struct json j = json_to(line);
    json_raw(&j, "{\"event\":\"");
    json_raw(&j, event);
    json_raw(&j, "\"");
    return j;
}

static enum exit_code print_text(struct events *e, const struct client *c)
{
    struct buf line = {0};
    struct json j = begin(&line, "text");
    struct rope_chunks it = rope_chunks(client_server_text(c));
    struct slice chunk;
    e->has_text = true;
    e->revision = client_revision(c);
    json_raw(&j, ",\"revision\":");
    json_uint(&j, e->revision);
    json_raw(&j, ",\"text\":\"");
    while (rope_chunks_next(&it, &chunk))
        json_escaped(&j, chunk);
    json_raw(&j, "\"");
    return finish(&j, &line);
}

enum exit_code events_print_edit(struct events *e, const struct incoming_entry *entry, uint64_t revision)
{
    struct buf line = {0};
    struct json j = begin(&line, "edit");
    e->revision = revision;
    json_raw(&j, ",\"revision\":");
    json_uint(&j, revision);
    json_raw(&j, ",\"user_id\":");
    json_uint(&j, entry->user_id);
    json_raw(&j, ",\"operation\":");
    if (!j.failed && outgoing_operation(&line, entry->op))
        j.failed = true;
    return finish(&j, &line);
}

/* Prints what `now` holds unless `last` is the same; `now` is let go. */
static enum exit_code print_if_new(struct json *j, struct buf *now, struct buf *last)
{
    json_raw(j, "}");
    if (json_error(j) || buf_append(now, SLICE("\n"))) {
        buf_deinit(now);
        return say_no_memory();
    }
    enum exit_code code = EXIT_DONE;
    if (!slice_equal(buf_slice(now), buf_slice(last)))
        code = print_bytes(buf_slice(now));
    buf_deinit(last);
    *last = *now;
    return code;
}

static enum exit_code print_people(struct events *e, const struct client *c)
{
    struct buf line = {0};
    struct json j = begin(&line, "people");
    bool is_first = true;
    json_raw(&j, ",\"people\":[");
    for (size_t i = 0; i < client_people_count(c); i++) {
        struct person person = client_person(c, i);
        if (!person.has_info)
            continue;
        json_raw(&j, is_first ? "{\"user_id\":" : ",{\"user_id\":");
        json_uint(&j, person.user_id);
        json_raw(&j, ",\"name\":");
        json_quoted(&j, slice_of(person.name, person.name_bytes));
        json_raw(&j, ",\"hue\":");
        json_uint(&j, person.hue);
        json_raw(&j, "}");
        is_first = false;
    }
    json_raw(&j, "]");
    return print_if_new(&j, &line, &e->people);
}

static enum exit_code print_language(struct events *e, const struct client *c)
{
    struct buf line = {0};
    struct json j = begin(&line, "language");
    json_raw(&j, ",\"language\":");
    json_quoted_or_null(&j, client_language(c));
    return print_if_new(&j, &line, &e->language);
}

static enum exit_code print_connection(struct events *e, const struct client *c)
{
    struct buf line = {0};
    bool is_connected = client_link(c) == CLIENT_UP;
    if (is_connected == e->is_connected)
        return EXIT_DONE;
    e->is_connected = is_connected;
    struct json j = begin(&line, "connection");
    json_raw(&j, is_connected ? ",\"connected\":true" : ",\"connected\":false");
    return finish(&j, &line);
}

static void add_author(struct json *j, uint64_t user_id, struct slice name)
{
    json_raw(j, ",\"user_id\":");
    json_uint(j, user_id);
    json_raw(j, ",\"name\":");
    json_quoted(j, name);
}

static enum exit_code print_restored(const struct client *c)
{
    struct buf line = {0};
    struct client_restored r = client_restored(c);
    struct json j = begin(&line, "restored");
    json_raw(&j, ",\"revision\":");
    json_uint(&j, r.revision);
    json_raw(&j, ",\"at\":");
    if (r.at_s == 0)
        json_raw(&j, "null");
    else
        json_int(&j, r.at_s);
    add_author(&j, r.user_id, r.name);
    return finish(&j, &line);
}

static enum exit_code print_history(const struct client *c)
{
    static const char *const changes[] = {[HISTORY_CHANGE_UNKNOWN] = "changed",
                                          [HISTORY_DELETED] = "deleted",
                                          [HISTORY_SWITCHED_OFF] = "off",
                                          [HISTORY_SWITCHED_ON] = "on"};
    struct buf line = {0};
    struct client_history_change h = client_history_change(c);
    struct json j = begin(&line, "history");
    json_raw(&j, ",\"change\":");
    json_quoted(&j, slice_from_cstr(changes[h.change]));
    json_raw(&j, client_keeps_history(c) ? ",\"kept\":true" : ",\"kept\":false");
    add_author(&j, h.user_id, h.name);
    return finish(&j, &line);
}

enum exit_code events_print(struct events *e, const struct client *c, unsigned news)
{
    enum exit_code code = EXIT_DONE;
    if (news & CLIENT_NEWS_LINK)
        code = print_connection(e, c);
    if (!client_is_loaded(c))
        return code;
    if (!code && (!e->has_text || e->revision != client_revision(c) || (news & CLIENT_NEWS_SET_BACK)))
        code = print_text(e, c);
    if (!code && (news & CLIENT_NEWS_PEOPLE))
        code = print_people(e, c);
    if (!code && (news & CLIENT_NEWS_RESTORED))
        code = print_restored(c);
    if (!code && (news & CLIENT_NEWS_HISTORY))
        code = print_history(c);
    return code ? code : print_language(e, c);
}
