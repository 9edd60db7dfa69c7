#include "api/late_answer.h"

#include "base/json.h"

#include <string.h>

enum error late_answer_headers(struct http_request *http, struct buf *out)
{
    struct http_response response = {
        .status = 200, .headers = {{"Cache-Control", SLICE("no-cache")}}, .header_count = 1};
    struct buf head = {0};
    enum error err = http_write_head(http, &response, -1, &head);
    const char *end = err ? NULL : memchr(head.ptr, '\n', head.len);
    if (end) /* without the status line and the blank one */
        err = buf_append(out, slice_of(end + 1, head.len - (size_t)(end + 1 - head.ptr) - 2));
    buf_deinit(&head);
    return err;
}

static const char *status_line(enum error why)
{
    switch (why) {
    case ERR_WITHDRAWN:
        return "HTTP/1.1 403 Forbidden\r\n";
    case ERR_GONE:
        return "HTTP/1.1 404 Not Found\r\n";
    default: /* ask again */
        return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n";
    }
}

static enum error write_body(enum error why, struct buf *out)
{
    struct json j = json_to(out);
    json_raw(&j, "{\"error\":");
    json_quoted(&j, slice_from_cstr(error_text(why)));
    json_raw(&j, ",\"code\":");
    json_quoted(&j, slice_from_cstr(error_code(why)));
    json_raw(&j, "}\n");
    return json_error(&j);
}

enum error late_answer_failure(struct slice headers, enum error why, struct buf *out)
{
    struct buf body = {0};
    struct json j = json_to(out); /* for its sticky errors */
    enum error err = write_body(why, &body);
    json_raw(&j, status_line(why));
    json_bytes(&j, headers);
    json_raw(&j, "Content-Type: application/json\r\nContent-Length: ");
    json_uint(&j, body.len);
    json_raw(&j, "\r\n\r\n");
    json_bytes(&j, buf_slice(&body));
    buf_deinit(&body);
    return err ? err : json_error(&j);
}
