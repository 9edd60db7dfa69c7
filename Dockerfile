# Kolabpad in a container: the page, the server, and what the server needs to
# run, 27 MB on nothing. Runs as 10001, with a read-only root and without any
# capability; only /data is written.
#
#   docker build --build-arg VITE_SHA=$(git rev-parse --short=7 HEAD) -t kolabpad .

# ---- the page, and the operations as WebAssembly -------------------------------
FROM node:20-bookworm-slim AS page
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang lld \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
WORKDIR /build
COPY tools/build-wasm.sh tools/
COPY src src
RUN tools/build-wasm.sh
COPY frontend frontend
ARG VITE_SHA=unknown
RUN VITE_SHA=$VITE_SHA npm --prefix frontend run build

# ---- the server, and a root folder for it --------------------------------------
FROM debian:bookworm-slim AS server
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev cmake ninja-build pkgconf libuv1-dev libmicrohttpd-dev \
       libwslay-dev libjansson-dev libsqlite3-dev libpq-dev libwebsockets-dev libssl-dev zlib1g-dev libzstd-dev busybox-static ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY CMakeLists.txt CMakePresets.json ./
COPY tools/version.cmake tools/
COPY src src
ARG VITE_SHA=unknown
RUN KP_GIT_SHA=$VITE_SHA && export KP_GIT_SHA \
    && cmake --preset release \
    && cmake --build --preset release --target kolabpad-server kolabpad \
    && strip bin/kolabpad-server bin/kolabpad
# The libraries that they are linked with, and the plug-in that libwebsockets loads; a shell and wget for `docker exec` and
# for health checks.
RUN mkdir -p /root-of-image/bin /root-of-image/etc /root-of-image/tmp /root-of-image/opt/kolabpad/bin \
    && cp bin/kolabpad-server bin/kolabpad /root-of-image/opt/kolabpad/bin/ \
    && cp -L --parents /usr/lib/*/libwebsockets-evlib_uv.so /root-of-image \
    && (ldd bin/kolabpad-server; ldd bin/kolabpad) | grep -o '/[^ ]*' | sort -u | xargs cp -L --parents -t /root-of-image \
    && cp -L --parents /etc/ssl/certs/ca-certificates.crt /root-of-image \
    && cp /bin/busybox /root-of-image/bin/ \
    && for name in sh wget ls cat ps df kill; do ln -s busybox /root-of-image/bin/$name; done \
    && echo 'kolabpad:x:10001:10001:Kolabpad:/data:/bin/sh' >/root-of-image/etc/passwd \
    && echo 'kolabpad:x:10001:' >/root-of-image/etc/group \
    && echo 'hosts: files dns' >/root-of-image/etc/nsswitch.conf \
    && chmod 1777 /root-of-image/tmp \
    && install -d -m 0700 -o 10001 -g 10001 /data

# ---- the image -----------------------------------------------------------------
FROM scratch
COPY --from=server /root-of-image /
COPY --from=server --chown=10001:10001 /data /data
COPY --from=page /build/frontend/dist /opt/kolabpad/dist
ENV PATH=/opt/kolabpad/bin:/bin SQLITE_URI=/data/kolabpad.db \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3030
# Asks on PORT, whichever it is.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 \
    CMD ["/opt/kolabpad/bin/kolabpad-server", "--healthcheck"]
ENTRYPOINT ["/opt/kolabpad/bin/kolabpad-server"]
