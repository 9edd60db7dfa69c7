# lib.sh - how the deployment's checks are reported, and where they work.
# Sourced by the programs of this folder.
#
# A check is a function. It fails by its exit status, and is skipped by calling
# `skip REASON`. Its output is shown when it failed.
# shellcheck shell=bash disable=SC2030,SC2031,SC2034 # a check has its own $afterwards
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
# where tools/setup unpacks what it does not install
PATH=$PATH:/usr/sbin:$ROOT/build/tools/usr/bin:$ROOT/build/tools/usr/sbin
# Kept between runs, since they cost minutes: base images and layers.
CACHE=${KP_DEPLOY_CACHE:-/var/tmp/kolabpad-deploy-test}
SKIPPED=77

passed=0 failed=0 skipped=0

skip() { # reason
  printf '%s\n' "$*" >"$SCRATCH/reason"
  exit "$SKIPPED"
}

need() { # command…: or the check is skipped
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || skip "$command is not installed"
  done
}

LITESTREAM=$(find "$ROOT"/deploy/test/node_modules/@flydotio/litestream-*/litestream 2>/dev/null | head -n 1)
litestream_program() {
  [ -x "$LITESTREAM" ] || skip 'npm package @flydotio/litestream is not installed, or has no program for this machine'
}

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs in a subshell with `set -e`, in a folder of its own, $SCRATCH; what it
# registers with `later` is run at its end, last first.
check() { # name, function, arguments…
  local name=$1 out status
  shift
  [ "${ONLY:-}" = '' ] || [[ $name == *"$ONLY"* ]] || return 0
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/kolabpad-deploy.XXXXXX")
  (
    set -e
    afterwards=()
    trap 'finish' EXIT
    trap 'exit 130' INT TERM
    cd "$ROOT"
    "$@"
  ) >"$SCRATCH/out" 2>&1 &
  wait $!
  status=$?
  case $status in
    0) printf 'PASS  %s\n' "$name" && passed=$((passed + 1)) ;;
    "$SKIPPED") printf 'SKIP  %s: %s\n' "$name" "$(cat "$SCRATCH/reason")" && skipped=$((skipped + 1)) ;;
    *)
      out=$(tail -n 60 "$SCRATCH/out")
      printf 'FAIL  %s\n%s\n' "$name" "$out" && failed=$((failed + 1))
      ;;
  esac
  [ -z "${VERBOSE:-}" ] || [ "$status" -ne 0 ] || grep -a '^>' "$SCRATCH/out"
  rm -rf "$SCRATCH"
}

later() { # command, as one word
  afterwards=("$1" "${afterwards[@]}")
}

finish() {
  local status=$? command
  trap - EXIT
  set +e
  for command in "${afterwards[@]}"; do eval "$command"; done
  exit "$status"
}

# What was seen, for VERBOSE=1.
saw() { printf '> %s\n' "$*"; }

summary() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

# Until the command succeeds; gives up after so many seconds.
within() { # seconds, command…
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || die "gave up waiting for: $*"
    sleep 0.2
  done
}

# The example inside the least that nginx starts with; it writes nowhere else.
nginx_configuration() { # "daemon off;" or ""
  local kind
  sed "s#/etc/nginx/certs#$SCRATCH#; s#/var/log/nginx#$SCRATCH#" "$ROOT/deploy/nginx/kolabpad.conf" >"$SCRATCH/kolabpad.conf"
  {
    printf '%s pid %s/pid; error_log %s/error.log; events {} http {\n' "$1" "$SCRATCH" "$SCRATCH"
    printf 'access_log %s/access.log;\n' "$SCRATCH" # its own folder for that is not there where it was only unpacked
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s;\n' "$kind" "$SCRATCH" "$kind"; done
    printf 'include %s/kolabpad.conf;\n}\n' "$SCRATCH"
  } >"$SCRATCH/nginx.conf"
}

# For pad.example.com, as nginx and as HAProxy want it.
certificate() {
  need openssl
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pad.example.com \
    -keyout "$SCRATCH/privkey.pem" -out "$SCRATCH/fullchain.pem" 2>/dev/null
  cat "$SCRATCH/fullchain.pem" "$SCRATCH/privkey.pem" >"$SCRATCH/pad.pem"
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}
