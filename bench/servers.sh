# servers.sh - what the benches share: building, starting and stopping servers, and
# bars that are met or missed. Sourced, from the root of the repository.
# shellcheck shell=bash disable=SC2034,SC2154 # the benches read some of these names, and set others

build=${BENCH_BUILD:-build/release}
server=${BENCH_SERVER:-bin/kolabpad-server}
milliseconds=${BENCH_MILLISECONDS:-3000}

tools=$build/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/kolabpad-bench-XXXXXX")
met=0 missed=0

finish() {
  local pid
  for pid in $(jobs -p); do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

build_all() { # targets
  [ -f "$build/build.ninja" ] || cmake --preset release
  cmake --build "$build" -j "$(nproc)" --target kolabpad-server "$@"
}

build_unless_given() { # targets
  [ -n "${BENCH_BUILD:-}" ] || build_all "$@" >"$work/build.log" 2>&1 || { cat "$work/build.log" && exit 1; }
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { # below the range that the kernel gives to clients
  local port
  while port=$((20000 + RANDOM % 10000)) && listens "$port"; do :; done
  echo "$port"
}

wait_for() { # port
  local i
  for ((i = 0; i < 500; i++)); do
    listens "$1" && return
    sleep 0.02
  done
  echo "bench: nothing listens on port $1" >&2
  tail -n 5 "$work"/*.log >&2 || true
  return 1
}

server_settings() { # name durability
  mkdir -p "$work/$1" "$work/page"
  echo '<!doctype html>' >"$work/page/index.html"
  printf '%s\n' HOST=127.0.0.1 "PORT=$port" "SQLITE_URI=$work/$1/kolabpad.db" "DURABILITY=$2" RATE_LIMITS=off \
    "LOG_FILE=$work/$1.log" "STATIC_DIR=$work/page"
}

# Starts a server, which may have more settings in the environment; $port and $pid are its own afterwards.
start_server() { # name durability
  local settings
  port=$(free_port)
  mapfile -t settings < <(server_settings "$@")
  env "${settings[@]}" "$server" &
  pid=$!
  wait_for "$port"
}

stop() {
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

value() { # name, from a line of name=value; from several lines, each one's
  tr ' ' '\n' <<<"$line" | sed -n "s/^$1=//p"
}

verdict() { # measured bar: whether it is met, counting
  if awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; then
    met=$((met + 1)) answer=yes
  else
    missed=$((missed + 1)) answer=NO
  fi
}

promise() { # what measured unit bar ("" for a number that is only told)
  answer=''
  [ -z "$4" ] || verdict "$2" "$4"
  printf '%-58s %12s %-7s %8s %4s\n' "$1" "$2" "$3" "$4" "$answer"
}
