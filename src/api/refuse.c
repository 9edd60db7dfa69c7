#include "api/refuse.h"

#include "observe/metrics.h"

void refuse(struct http_request *request, enum error why)
{
    metric_rejected(why);
    http_respond_error(request, why);
}
