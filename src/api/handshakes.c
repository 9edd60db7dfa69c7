#include "api/handshakes.h"

#include "api/arrival.h"
#include "api/arrival_tunnel.h"
#include "api/refuse.h"
#include "api/route_path.h"
#include "api/upgrade_job.h"
#include "session/upgrade.h"

void handshake_document(struct api *api, struct http_request *request, struct slice id)
{
    enum error fault = http_check_websocket(request);
    if (fault) {
        refuse(request, fault);
    } else if (!http_offers_protocol(request, session_protocol_v2)) {
        http_job_post(api->server, request, &upgrade_v1_job, id, http_query(request, "otp"));
    } else if (server_is_shared(api->server)) {
        http_job_post(api->server, request, &upgrade_v2_job, id, (struct slice){0});
    } else {
        struct shard *shard = server_shard_of(api->server, id);
        enum error err = session_upgrade(shard, request, PAD_V2, id, (struct slice){0}, false);
        if (err)
            refuse(request, err);
    }
}

void handshake_link(struct api *api, struct http_request *request, struct slice none)
{
    struct slice header = http_header(request, arrival_document_header);
    struct buf id = {0};
    enum error fault = http_check_websocket(request);
    (void)none;
    if (fault)
        refuse(request, fault);
    else if (!http_offers_protocol(request, session_protocol_v2))
        refuse(request, ERR_SUBPROTOCOL);
    else if (!request->is_relayed)
        arrival_begin(api, request);
    else if (header.ptr && http_percent_decode(header, &id) && route_id_is_valid(buf_slice(&id)))
        http_job_post(api->server, request, &upgrade_link_job, buf_slice(&id), (struct slice){0});
    else
        refuse(request, ERR_BAD_ID);
    buf_deinit(&id);
}
