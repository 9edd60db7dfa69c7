#include "api/image_jobs.h"

#include "api/http_job.h"
#include "api/origin.h"
#include "api/refuse.h"
#include "base/json.h"
#include "doc/images.h"
#include "guard/picture.h"
#include "net/etag.h"
#include "observe/metrics.h"

#include <stdlib.h>

enum {
    EDIT_BYTES = 64 * 1024, /* so many bytes of an image count as one edit */
    KIB = 1024,
    TAG_CHARS = ID128_CHARS + 2,
};

/* ---- adding one -------------------------------------------------------------- */

struct adding {
    struct image_wait wait;
    struct store_request *request; /* NULL: the store has it */
    struct http_job *job;
    struct slice base_path;
};

static void adding_free(void *own)
{
    struct adding *a = own;
    image_cancel(&a->wait);
    store_request_free(a->request);
    free(a);
}

static void send_added(struct http_job *job, const struct store_image *image)
{
    const struct adding *a = job->own;
    struct json j = json_to(&job->body);
    char id[ID128_CHARS];
    id128_encode(image->id, id);
    json_raw(&j, "{\"id\":");
    json_quoted(&j, slice_of(id, sizeof(id)));
    json_raw(&j, ",\"url\":\"");
    json_escaped(&j, a->base_path);
    json_raw(&j, "/image/");
    json_escaped(&j, slice_of(id, sizeof(id)));
    json_raw(&j, "\",\"type\":");
    json_quoted(&j, slice_from_cstr(picture_media_type(image->type)));
    json_raw(&j, ",\"bytes\":");
    json_uint(&j, image->bytes.len);
    json_raw(&j, ",\"width\":");
    json_uint(&j, image->width);
    json_raw(&j, ",\"height\":");
    json_uint(&j, image->height);
    json_raw(&j, "}\n");
    http_job_respond_json(job, 201, &j);
}

/* With the numbers, so that people see whether a smaller one would fit. */
static void send_full(struct http_job *job, const struct store_image *image)
{
    struct json j = json_to(&job->body);
    metric_rejected(ERR_IMAGES_FULL);
    json_raw(&j, "{\"error\":\"");
    json_escaped(&j, slice_from_cstr(error_text(ERR_IMAGES_FULL)));
    json_raw(&j, " (Its images have ");
    json_uint(&j, (image->used_bytes + KIB - 1) / KIB);
    json_raw(&j, " of ");
    json_uint(&j, image->room_bytes / KIB);
    json_raw(&j, " KiB, and this one has ");
    json_uint(&j, (image->bytes.len + KIB - 1) / KIB);
    json_raw(&j, ".)\",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(ERR_IMAGES_FULL)));
    json_raw(&j, ",\"used_bytes\":");
    json_uint(&j, image->used_bytes);
    json_raw(&j, ",\"max_bytes\":");
    json_uint(&j, image->room_bytes);
    json_raw(&j, "}\n");
    http_job_respond_json(job, error_http_status(ERR_IMAGES_FULL), &j);
}

static void on_added(struct image_wait *wait, enum error err, struct store_request **answer)
{
    struct adding *a = LIST_ITEM(wait, struct adding, wait);
    if (err == ERR_IMAGES_FULL)
        send_full(a->job, (*answer)->image);
    else if (err)
        http_job_fail(a->job, err);
    else
        send_added(a->job, (*answer)->image);
}

static enum error check(struct http_job *job, const struct open_result *result)
{
    if (result->err)
        return result->err;
    return result->access < ACCESS_EDIT ? ERR_VIEW_ONLY : http_job_take_write(job, result->doc);
}

static void on_opened(struct http_job *job, const struct open_result *result)
{
    struct adding *a = job->own;
    enum error err = check(job, result);
    a->job = job;
    a->wait.done = on_added;
    if (!err) {
        limits_charge_write(job->shard->limits, job->request->client,
                            (uint64_t)job->request->body.len * EDIT_WORK_PER_TOKEN / EDIT_BYTES);
        err = document_put_image(result->doc, a->request, &a->wait);
    }
    if (result->doc)
        document_has_news(result->doc); /* one that was begun for this alone goes at the end of the turn */
    if (err) {
        http_job_fail(job, err);
        return;
    }
    a->request = NULL;
    job->is_writing = true;
}

static void begin(struct http_job *job)
{
    http_job_open(job, OPEN_EDIT, on_opened);
}

static void begin_by_link(struct http_job *job)
{
    http_job_by_link(job, begin);
}

static const struct http_job_kind add_image_job = {.begin = begin, .end = adding_free};
static const struct http_job_kind link_add_image_job = {
    .begin = begin_by_link, .end = adding_free, .is_by_link = true};

static enum error prepare(const struct config *config, const struct http_request *request, struct adding *a)
{
    if (!config->keeps_images)
        return ERR_IMAGES_OFF;
    if (origin_is_hidden(request))
        return ERR_ORIGIN;
    a->base_path = slice_from_cstr(config->base_path);
    return image_request(request->body, config->images_bytes, &a->request);
}

void image_post(struct api *api, struct http_request *request, struct slice id, struct slice password)
{
    struct adding *a = calloc(1, sizeof(*a));
    enum error err = a ? prepare(server_config(api->server), request, a) : ERR_NO_MEMORY;
    if (err) {
        free(a);
        refuse(request, err);
    } else if (id.len > 0) {
        http_job_post_own(api->server, request, &add_image_job, id, password, a);
    } else {
        http_job_post_link(api->server, request, &link_add_image_job, a);
    }
}

/* ---- sending one ------------------------------------------------------------- */

/* An image is shown by pages of this server and by nobody else's, runs nothing should a browser ever take it
 * for a document, and is what it says. It never changes, so it may be kept; for a day, since its document
 * may be deleted. */
static const struct http_header_pair IMAGE_HEADERS[] = {
    {"Content-Security-Policy", {"default-src 'none'; sandbox", 27}},
    {"Cross-Origin-Resource-Policy", {"same-origin", 11}},
    {"Cache-Control", {"private, max-age=86400, immutable", 33}},
};
enum { IMAGE_HEADER_COUNT = sizeof(IMAGE_HEADERS) / sizeof(IMAGE_HEADERS[0]) };

struct sending {
    struct image_wait wait;
    struct http_job *job;
    char tag[TAG_CHARS]; /* the id in quotes */
};

static void sending_free(void *own)
{
    struct sending *s = own;
    image_cancel(&s->wait);
    free(s);
}

static void free_answer(void *answer)
{
    store_request_free(answer);
}

static void send_image(struct http_job *job, struct store_request **answer)
{
    const struct sending *s = job->own;
    const struct store_image *image = (*answer)->image;
    struct slice tag = slice_of(s->tag, sizeof(s->tag));
    struct http_response response = {
        .status = etag_status(job->request, tag), .headers = {{"ETag", tag}}, .header_count = 1};
    for (size_t i = 0; i < IMAGE_HEADER_COUNT; i++)
        response.headers[response.header_count++] = IMAGE_HEADERS[i];
    if (response.status == 200) {
        response.content_type = picture_media_type(image->type);
        response.body = image->bytes;
        response.free_body = free_answer;
        response.free_arg = *answer;
        *answer = NULL;
        metric_inc(METRIC_IMAGES_SERVED);
        metric_add(METRIC_IMAGE_BYTES_SERVED, (int64_t)image->bytes.len);
    }
    http_job_respond(job, &response);
}

static void on_found(struct image_wait *wait, enum error err, struct store_request **answer)
{
    struct http_job *job = LIST_ITEM(wait, struct sending, wait)->job;
    if (!err && !picture_media_type((*answer)->image->type))
        err = ERR_NOT_FOUND; /* a newer server has put it there */
    if (err)
        http_job_fail(job, err);
    else
        send_image(job, answer);
}

static void begin_sending(struct http_job *job)
{
    struct sending *s = job->own;
    struct id128 id;
    s->job = job;
    s->wait.done = on_found;
    enum error err = id128_decode(slice_of(s->tag + 1, ID128_CHARS), &id) ? OK : ERR_NOT_FOUND;
    if (!err)
        err = image_find(&job->shard->documents, id, &s->wait);
    if (err)
        http_job_fail(job, err);
}

static const struct http_job_kind send_image_job = {.begin = begin_sending, .end = sending_free};

void image_get(struct api *api, struct http_request *request, struct slice image)
{
    struct id128 id;
    bool may_be = server_config(api->server)->keeps_images && id128_decode(image, &id);
    struct sending *s = may_be ? calloc(1, sizeof(*s)) : NULL;
    if (!s) {
        refuse(request, may_be ? ERR_NO_MEMORY : ERR_NOT_FOUND);
        return;
    }
    s->tag[0] = s->tag[TAG_CHARS - 1] = '"';
    id128_encode(id, s->tag + 1);
    http_job_post_own(api->server, request, &send_image_job, (struct slice){0}, image, s);
}
