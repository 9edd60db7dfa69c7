# images.sh - the Dockerfile's base images, without a registry.
# Sourced by the programs of this folder, after lib.sh.
#
# `debian:bookworm-slim` is made with debootstrap from this machine's mirror,
# `node:20-bookworm-slim` is that one with this machine's node and npm. How
# this machine reaches its registries (mirrors, certificates, npm's settings) goes
# into these stand-ins, never into the image that is made from them.
# shellcheck shell=bash source=lib.sh disable=SC2016

DEBIAN_IMAGE=docker.io/library/debian:bookworm-slim
NODE_IMAGE=docker.io/library/node:20-bookworm-slim
IMAGE=docker.io/library/kolabpad:latest

within_net=() # a command that enters a network namespace
storage=(--root "$CACHE/containers" --runroot "$CACHE/run" --storage-driver overlay)

# Podman as root, with files of its own and limits that fit this machine.
pod() {
  CONTAINERS_CONF=$CACHE/containers.conf "${within_net[@]}" podman "${storage[@]}" --runtime runc --tmpdir "$CACHE/tmp" "$@"
}

build_image() { # tag, buildah's arguments…
  local tag=$1
  shift
  BUILDAH_ISOLATION=chroot buildah "${storage[@]}" bud --pull-never --layers --format docker -t "$tag" "$@"
}

has_image() { pod image exists "$1"; }

prepare_storage() {
  mkdir -p "$CACHE/tmp"
  cat >"$CACHE/containers.conf" <<EOF
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
EOF
}

mirror() { grep -hm1 -oE 'https?://[^ ]+' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | grep -v snapshot | head -n 1; }

debian_image() {
  has_image "$DEBIAN_IMAGE" && return
  need debootstrap
  local root=$CACHE/debian
  rm -rf "$root"
  debootstrap --variant=minbase bookworm "$root" "$(mirror)"
  cp -r /etc/apt/sources.list* /etc/apt/apt.conf.d "$root/etc/apt/"
  # the official image removes what it downloaded, too
  echo 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };' >"$root/etc/apt/apt.conf.d/docker-clean"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | pod import -c 'CMD ["bash"]' - "$DEBIAN_IMAGE"
  rm -rf "$root"
}

node_image() {
  has_image "$NODE_IMAGE" && return
  local context=$SCRATCH/node
  mkdir -p "$context/lib/node_modules"
  cp -L "$(command -v node)" "$context/node"
  cp -r "$(npm root -g)/npm" "$context/lib/node_modules/npm"
  cp -L "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$context/ca.crt"
  npm config ls -l --json 2>/dev/null | node -e '
    const { registry } = JSON.parse(require("fs").readFileSync(0));
    console.log(`registry=${registry}\ncafile=/etc/npm-ca.crt`)' >"$context/npmrc"
  cat >"$context/Dockerfile" <<EOF
FROM $DEBIAN_IMAGE
COPY node /usr/local/bin/node
COPY lib /usr/local/lib
COPY ca.crt /etc/npm-ca.crt
COPY npmrc /root/.npmrc
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 libatomic1 ca-certificates \
    && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
ENV NODE_EXTRA_CA_CERTS=/etc/npm-ca.crt
EOF
  build_image "$NODE_IMAGE" "$context"
}

base_images() {
  need podman buildah runc
  [ "$(id -u)" = 0 ] || skip 'building images this way needs root'
  prepare_storage
  debian_image
  node_image
}

kolabpad_image() {
  base_images
  build_image "$IMAGE" --build-arg VITE_SHA="$(git rev-parse --short=7 HEAD)" "${ROOT:?}"
}
