#!/usr/bin/env bash
# postgres.sh - a PostgreSQL that belongs to one test: a folder of its own, a
# port of its own on this machine, gone with the test.
#
#   postgres.sh where                     prints where PostgreSQL's programs are; 1 when there are none
#   postgres.sh make FOLDER               makes an empty server in FOLDER/data
#   postgres.sh follow FOLDER PORT NAME [HOST]
#                                         makes FOLDER/data a streaming replica, called NAME,
#                                         of the server on that port
#   postgres.sh run FOLDER PORT [-c setting=value …]
#                                         becomes the postmaster, so that the caller has its process id
#   postgres.sh sql PORT [FOLDER]         runs the SQL on its standard input as a superuser, prints the values;
#                                         by the socket in FOLDER, or by 127.0.0.1
#   postgres.sh promote FOLDER            makes a running replica a primary
#
# There are two roles without passwords: `postgres`, for the test, and `kolabpad`,
# which owns the database `kolabpad` and may do nothing else. The server listens
# on 127.0.0.1:PORT and on a socket in FOLDER, logs to its standard error, and
# stops at once when the process that started it has gone, and FOLDER with it.
#
# PostgreSQL is Debian's package, or what `tools/setup test` has unpacked from it.
# It does not run as root: as root, everything is done as the user `postgres`, or
# as `nobody` where there is none. initdb takes seconds, so its result is kept in
# a folder for temporary files and copied from there.
set -euo pipefail
self=$(realpath "${BASH_SOURCE[0]}")
unpacked=$(realpath -m "$(dirname "$self")/../../build/tools/usr")

die() {
  printf 'postgres.sh: %s\n' "$*" >&2
  exit 1
}

where() { # the newest version
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' || compgen -G "$unpacked/lib/postgresql/*/bin/initdb") || return 1
  dirname "$(sort -V <<<"$found" | tail -n 1)"
}

programs=$(where) || die 'PostgreSQL is not installed; tools/setup test gets it'
as=()
if [ "$(id -u)" = 0 ]; then
  user=$(id -un postgres 2>/dev/null || echo nobody)
  as=("--reuid=$user" "--regid=$(id -gn "$user")" --clear-groups)
fi
postgres() { # program, argument…
  (cd / && setpriv "${as[@]}" "$programs/$1" "${@:2}")
}

hand_over() { # folder: to the user that PostgreSQL runs as
  [ "$(id -u)" != 0 ] || chown "$user:" "$1"
}

# Speed matters, and nothing here survives a power cut.
settings=(
  -c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=50
  -c max_wal_senders=5 -c wal_keep_size=64 -c min_wal_size=8MB -c max_wal_size=64MB
  -c log_line_prefix='%m %p %a ' -c log_min_messages=warning -c log_checkpoints=off
)

make_template() { # folder
  hand_over "$1"
  postgres initdb -D "$1/data" -U postgres --auth=trust -E UTF8 --locale=C --no-sync --wal-segsize=1 >/dev/null
  printf '%s\n' 'CREATE ROLE kolabpad LOGIN' 'CREATE DATABASE kolabpad OWNER kolabpad' |
    postgres postgres --single -D "$1/data" -c fsync=off -c log_checkpoints=off postgres >/dev/null
}

# Sets `template` to what is copied: made if there is none for this version and
# this script. What was unpacked into the repository is in it too, since the
# other user may not be allowed to look there.
find_template() {
  local version new
  version=$("$programs/postgres" --version | cksum "$self" - | cksum)
  template=${TMPDIR:-/tmp}/kolabpad-postgres-${version%% *}-$(id -u)
  if [ ! -d "$template" ]; then
    new=$(mktemp -d "$template.XXXXXX")
    chmod 755 "$new"
    use_copy_of_programs "$new"
    make_template "$new"
    # whoever comes second keeps the first one's
    mv -T "$new" "$template" 2>/dev/null || rm -rf "$new"
  fi
  use_copy_of_programs "$template"
}

use_copy_of_programs() { # folder of the template
  [[ $programs == "$unpacked"/* ]] || return 0
  if [ ! -d "$1/usr" ]; then
    mkdir -p "$1/usr/lib" "$1/usr/share"
    cp -a "$unpacked/lib/postgresql" "$1/usr/lib/"
    cp -a "$unpacked/share/postgresql" "$1/usr/share/"
  fi
  programs=$1/usr${programs#"$unpacked"}
}

make() { # folder
  hand_over "$1"
  cp -a --reflink=auto "$template/data" "$1/data"
}

follow() { # folder, port of the primary, name, its host
  hand_over "$1"
  postgres pg_basebackup -D "$1/data" -R --checkpoint=fast --no-sync \
    -d "host=${4:-127.0.0.1} port=$2 user=postgres application_name=$3"
}

# A test that is killed cannot remove its folder: once for each, somebody waits for the
# test's end, and for PostgreSQL's, which comes of it.
remove_after() { # folder, process
  [ ! -e "$1/.removed-after" ] || return 0
  : >"$1/.removed-after"
  # shellcheck disable=SC2016 # for the other shell
  setsid bash -c 'tail --pid="$2" -f /dev/null; sleep 3; rm -rf "$1"' remove "$1" "$2" </dev/null >/dev/null 2>&1 &
}

run() { # folder, port, setting…
  remove_after "$1" "$PPID"
  cd / # which any user may look into
  exec setpriv "${as[@]}" --pdeathsig QUIT "$programs/postgres" -D "$1/data" "${settings[@]}" \
    -c listen_addresses=127.0.0.1 -c port="$2" -c unix_socket_directories="$1" "${@:3}"
}

sql() { # port, folder
  exec "$programs/psql" -XAtq -v ON_ERROR_STOP=1 -h "${2:-127.0.0.1}" -p "$1" -U postgres kolabpad
}

case ${1:-} in
  where) echo "$programs" && exit ;;
  sql) sql "${@:2}" ;;
esac
find_template
case ${1:-} in
  make) make "$2" ;;
  follow) follow "${@:2}" ;;
  run) run "${@:2}" ;;
  promote) postgres pg_ctl promote -D "$2/data" -s -w ;;
  *) die 'usage: where | make FOLDER | follow FOLDER PORT NAME [HOST] | run FOLDER PORT [-c …] | sql PORT [FOLDER] | promote FOLDER' ;;
esac
