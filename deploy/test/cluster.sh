#!/usr/bin/env bash
# cluster.sh - several servers: their files, and the files at work.
#
#     deploy/test/cluster.sh          both of:
#     deploy/test/cluster.sh fast     what each file's own program says: seconds
#     deploy/test/cluster.sh real     servers on one PostgreSQL behind each balancer, and two databases
#                                     that take each other's place: some minutes, as root
#
# Other programs of this folder may source it and call cluster_fast and cluster_real.
# KP_SERVER is the program under test (bin/kolabpad-server).
# shellcheck source-path=SCRIPTDIR source=lib.sh
# shellcheck disable=SC2153,SC2154,SC2016,SC2164,SC2317 # what lib.sh and images.sh set; nginx's variables
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CLUSTER=$ROOT/deploy/cluster
CLUSTER_SERVER=${KP_SERVER:-$ROOT/bin/kolabpad-server}
CLUSTER_NET=${KP_CLUSTER_NET:-kolabpad-cluster} # a network of its own, with the addresses of the examples
SERVERS=(10.0.0.5 10.0.0.6 10.0.0.7)
DATABASE_URL=postgres://kolabpad@127.0.0.1/kolabpad

compose_cluster() { # argument…: of docker-compose, with an .env that is filled in
  cp "$CLUSTER"/* "$SCRATCH/"
  sed 's/_PASSWORD=$/_PASSWORD=0123456789abcdef/' "$CLUSTER/.env.example" >"$SCRATCH/.env"
  (cd "$SCRATCH" && docker-compose "$@")
}

# ---- the balancers' files ----

# The example for one server, with the part for several in its place.
cluster_haproxy_config() { # algorithm
  {
    sed '/^backend kolabpad/,$d' "$ROOT/deploy/haproxy/haproxy.cfg"
    sed "s/^    balance .*/    balance $1/" "$ROOT/deploy/haproxy/cluster.cfg"
  } | sed "s#/etc/haproxy/certs#$SCRATCH#" >"$SCRATCH/haproxy.cfg"
  grep -q "balance $1" "$SCRATCH/haproxy.cfg"
}

cluster_nginx_config() { # "daemon off;" or "", what stands in the place of hash
  nginx_configuration "$1"
  {
    sed "s/^    hash .*/    $2/" "$ROOT/deploy/nginx/kolabpad-cluster.conf"
    sed '/^upstream kolabpad {/,/^}/d' "$SCRATCH/kolabpad.conf"
  } >"$SCRATCH/several.conf"
  mv "$SCRATCH/several.conf" "$SCRATCH/kolabpad.conf"
  [ "$(grep -c '^upstream' "$SCRATCH/kolabpad.conf")" = 1 ]
}
HASH='hash $kolabpad_pad consistent;'

check_cluster_nginx() {
  need nginx
  local balance
  certificate
  for balance in "$HASH" 'least_conn;' ''; do
    cluster_nginx_config '' "$balance"
    nginx -t -e "$SCRATCH/error.log" -c "$SCRATCH/nginx.conf"
  done
}

check_cluster_haproxy() {
  need haproxy
  local balance
  certificate
  for balance in uri leastconn roundrobin; do
    cluster_haproxy_config "$balance"
    haproxy -c -f "$SCRATCH/haproxy.cfg"
  done
}

# ---- the compose files ----

check_compose_cluster() {
  need docker-compose
  local out
  out=$(compose_cluster -f docker-compose.yml config)
  [ "$(grep -cE 'CLUSTER_ADDRESS: n[123]:3030' <<<"$out")" = 3 ] || die "$out"
  [ "$(grep -c 'DATABASE_URL: postgres://kolabpad:0123456789abcdef@db1,db2/kolabpad' <<<"$out")" = 3 ] || die "$out"
  grep -A 1 '^  databases:' <<<"$out" | grep -q 'internal: true' || die 'the databases can be reached from outside'
  grep -q '127.0.0.1:3030' <<<"$out" || die 'it listens on more than this machine'
  sed -i 's/^DATABASE_PASSWORD=.*/DATABASE_PASSWORD=/' "$SCRATCH/.env"
  if (cd "$SCRATCH" && docker-compose config) >"$SCRATCH/refusal" 2>&1; then die 'no password, and no refusal'; fi
  grep -q 'set DATABASE_PASSWORD in .env' "$SCRATCH/refusal"
}

check_compose_cluster_https() {
  need docker-compose
  local both=(-f docker-compose.yml -f docker-compose.https.yml)
  if compose_cluster "${both[@]}" config >"$SCRATCH/refusal" 2>&1; then die 'no certificate, and no refusal'; fi
  grep -q 'set CERTIFICATE in .env' "$SCRATCH/refusal"
  sed -i 's#^CERTIFICATE=.*#CERTIFICATE=/etc/ssl/pad.pem#' "$SCRATCH/.env"
  (cd "$SCRATCH" && docker-compose "${both[@]}" config) >"$SCRATCH/config"
  grep -q '/etc/ssl/pad.pem:/usr/local/etc/haproxy/pad.pem:ro' "$SCRATCH/config"
}

check_compose_haproxy() { # its names are the containers', unknown here
  need haproxy
  certificate
  haproxy -c -f "$CLUSTER/haproxy.cfg"
  CERTIFICATE=$SCRATCH/pad.pem haproxy -c -f "$CLUSTER/haproxy.cfg"
  if CERTIFICATE=$SCRATCH/none.pem haproxy -c -f "$CLUSTER/haproxy.cfg"; then die 'HTTPS is left out'; fi
}

# ---- systemd ----

check_unit_of_several() {
  need systemd-analyze
  local server=$SCRATCH/bin/kolabpad-server
  install -D -m 755 /bin/true "$server"
  sed "s#/opt/kolabpad#$SCRATCH#g" "$ROOT/deploy/systemd/kolabpad.service" >"$SCRATCH/kolabpad.service"
  sed -i '/^ExecStartPre/d' "$SCRATCH/kolabpad.service"
  install -D -m 644 "$ROOT/deploy/systemd/kolabpad-cluster.conf" "$SCRATCH/kolabpad.service.d/cluster.conf"
  systemd-analyze verify --man=no --recursive-errors=no "$SCRATCH/kolabpad.service" >"$SCRATCH/said" 2>&1
  [ ! -s "$SCRATCH/said" ] || die "$(cat "$SCRATCH/said")"
  echo 'RestartSeck=1' >>"$SCRATCH/kolabpad.service.d/cluster.conf" # the check reads the file
  systemd-analyze verify --man=no --recursive-errors=no "$SCRATCH/kolabpad.service" >"$SCRATCH/said" 2>&1 || true
  grep -q RestartSeck "$SCRATCH/said"
}

cluster_fast() {
  check 'nginx: several servers, hash, least_conn, round robin' check_cluster_nginx
  check 'HAProxy: several servers, uri, leastconn, roundrobin' check_cluster_haproxy
  check 'cluster: compose, passwords' check_compose_cluster
  check 'cluster: compose, HTTPS' check_compose_cluster_https
  check "cluster: compose's HAProxy" check_compose_haproxy
  check 'systemd: the unit of several servers' check_unit_of_several
}

# ---- real: the network ----

# Not for what goes into the background: $! would be a shell's.
in_cluster() { nsenter "--net=/run/netns/$CLUSTER_NET" "$@"; }

cluster_network() { # address…
  need ip nsenter
  [ "$(id -u)" = 0 ] || skip 'a network of its own needs root'
  local address
  ip netns del "$CLUSTER_NET" 2>/dev/null || true
  ip netns add "$CLUSTER_NET"
  later "ip netns del $CLUSTER_NET"
  ip -n "$CLUSTER_NET" link set lo up
  for address in "$@"; do ip -n "$CLUSTER_NET" address add "$address/32" dev lo; done
}

# ---- real: servers behind balancers ----

start_cluster_server() { # number from 0
  local address=${SERVERS[$1]}
  nsenter "--net=/run/netns/$CLUSTER_NET" env -u SQLITE_URI HOST="$address" PORT=3030 CLUSTER_ADDRESS="$address:3030" DRAIN_SECONDS=3 RATE_LIMITS=off \
    DATABASE_URL="$DATABASE_URL" TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8 \
    STATIC_DIR="$ROOT/frontend/dist" "$CLUSTER_SERVER" >>"$SCRATCH/server-$1.log" 2>&1 &
  echo $! >"$SCRATCH/server-$1.pid"
  (within 30 in_cluster curl -sf --max-time 2 "http://$address:3030/api/health") || die "$(tail -n 20 "$SCRATCH/server-$1.log")"
}

stop_cluster_server() { # number from 0, signal
  local pid
  pid=$(cat "$SCRATCH/server-$1.pid")
  kill "-${2:-TERM}" "$pid"
  tail --pid "$pid" -f /dev/null
}

# Three servers, each at the address that it has in the examples, on a PostgreSQL.
start_cluster_servers() {
  tests/support/postgres.sh where >/dev/null || skip 'PostgreSQL is not installed (tools/setup test installs it)'
  if [ ! -x "$CLUSTER_SERVER" ] || [ ! -e frontend/dist/index.html ]; then skip 'make build.all has not been run'; fi
  cluster_network "${SERVERS[@]}"
  chmod 755 "$SCRATCH"
  install -d -m 755 "$SCRATCH/postgres"
  tests/support/postgres.sh make "$SCRATCH/postgres"
  nsenter "--net=/run/netns/$CLUSTER_NET" tests/support/postgres.sh run "$SCRATCH/postgres" 5432 >"$SCRATCH/postgres.log" 2>&1 &
  later "kill -INT $! && wait $!"
  within 30 in_cluster bash -c 'tests/support/postgres.sh sql 5432 <<<"SELECT 1"'
  local i
  for i in "${!SERVERS[@]}"; do
    start_cluster_server "$i"
    later "kill \$(cat $SCRATCH/server-$i.pid)"
  done
}

# A command for another shell: what a function of this file does, in the folder of the check that runs.
at_the_same() { # function
  printf 'cd %q && SCRATCH=%q KP_SERVER=%q KP_CLUSTER_NET=%q deploy/test/cluster.sh %s' "$ROOT" "$SCRATCH" "$CLUSTER_SERVER" "$CLUSTER_NET" "$1"
}

# Each of the three is replaced while people type.
roll() {
  local i
  for i in "${!SERVERS[@]}"; do
    stop_cluster_server "$i"
    start_cluster_server "$i"
    disown
  done
}

# The tests' one address makes more requests than a school does.
lift_limit() { # file: of HAProxy or of nginx
  sed -i 's/gt 1000/gt 100000/; s#rate=50r/s#rate=5000r/s#' "$1"
}

through_balancer() { # none or some: who is passed on
  local servers
  within 15 in_cluster curl -sfk --max-time 2 --resolve pad.example.com:443:127.0.0.1 https://pad.example.com/api/health
  servers=$(printf 'http://%s:3030,' "${SERVERS[@]}")
  deployed_in_cluster several "KP_SERVERS=$servers" "KP_TUNNELS=$1"
  deployed_in_cluster session KP_HTTP_URL=http://pad.example.com
  deployed_in_cluster restart "KP_RESTART=$(at_the_same roll)" KP_REFUSALS=some
}

deployed_in_cluster() { # file, environment…
  local file=$1
  shift
  (cd tests && in_cluster env NO_COLOR=1 KP_URL=https://pad.example.com "$@" npx --no-install vitest run \
    --config deployed/vitest.config.ts "$file" 2>&1 | sed 's/^typed/> typed/')
}

check_behind_haproxy() { # algorithm, who is passed on
  need haproxy curl
  certificate
  cluster_haproxy_config "$1"
  lift_limit "$SCRATCH/haproxy.cfg"
  start_cluster_servers
  nsenter "--net=/run/netns/$CLUSTER_NET" haproxy -db -f "$SCRATCH/haproxy.cfg" >"$SCRATCH/haproxy.log" 2>&1 &
  later "kill $!"
  through_balancer "$2"
}

check_behind_nginx() { # algorithm, who is passed on
  need nginx curl
  certificate
  cluster_nginx_config 'daemon off;' "$1"
  lift_limit "$SCRATCH/kolabpad.conf"
  start_cluster_servers
  nsenter "--net=/run/netns/$CLUSTER_NET" nginx -e "$SCRATCH/error.log" -c "$SCRATCH/nginx.conf" &
  later "kill $!"
  through_balancer "$2"
}

# ---- real: two databases ----

# deploy/cluster/database outside of containers: db1 is 10.0.0.8, db2 is 10.0.0.9.
database() { # 1 or 2, argument…: as the user postgres, in the network of the servers
  local peer=$((3 - $1)) first=
  [ "$1" = 2 ] || first=yes
  set -- "$1" "$peer" "$first" "${@:2}"
  exec nsenter "--net=/run/netns/$CLUSTER_NET" setpriv --reuid=postgres --regid=postgres --clear-groups env -C "$SCRATCH" \
    PATH="$(tests/support/postgres.sh where):$PATH" SELF="db$1" PEER="db$2" FIRST="$3" LISTEN="10.0.0.$((7 + $1))" \
    PEER_HOST="10.0.0.$((7 + $2))" PGDATA="$SCRATCH/db$1/main" PEER_DATA="$SCRATCH/db$2/main" SOCKET_FOLDER="$SCRATCH/db$1" \
    DATABASE_PASSWORD=secret REPLICATION_PASSWORD=hidden "$SCRATCH/database" "${@:4}"
}

start_database() { # 1 or 2
  database "$1" >>"$SCRATCH/db$1.log" 2>&1 &
  echo $! >"$SCRATCH/db$1.pid"
}

stop_database() { # 1 or 2, signal
  kill "-$2" "$(cat "$SCRATCH/db$1.pid")"
  tail --pid "$(cat "$SCRATCH/db$1.pid")" -f /dev/null
}

database_is() { # 1 or 2, what its state must hold
  (database "$1" state) | grep -F "$2"
}

start_databases() {
  if [ "$(id -u)" != 0 ] || ! id -u postgres >/dev/null 2>&1; then skip 'root is needed, and the user postgres'; fi
  tests/support/postgres.sh where >/dev/null || skip 'PostgreSQL is not installed (tools/setup test installs it)'
  cluster_network 10.0.0.5 10.0.0.8 10.0.0.9
  chmod 755 "$SCRATCH"
  install -m 755 "$CLUSTER/database" "$SCRATCH/database"
  install -d -o postgres -g postgres -m 700 "$SCRATCH/db1" "$SCRATCH/db2"
  later "kill \$(cat $SCRATCH/db1.pid $SCRATCH/db2.pid)"
  start_database 1
  start_database 2
  (within 60 database_is 1 'followed by: db2 (quorum)') || die "$(tail -n 20 "$SCRATCH"/db?.log)"
}

# The primary is gone at once, the standby takes its place, and the old one comes back.
swap() {
  local old=1
  database_is 1 primary >/dev/null || old=2
  stop_database "$old" QUIT
  (database $((3 - old)) promote)
  rm -rf "$SCRATCH/db$old/main-old"
  start_database "$old"
  disown
  within 60 database_is $((3 - old)) "followed by: db$old (quorum)"
}

check_databases_swap() {
  start_databases
  DATABASE_URL=postgres://kolabpad:secret@10.0.0.8,10.0.0.9/kolabpad
  start_cluster_server 0
  later "kill \$(cat $SCRATCH/server-0.pid)"
  deployed_in_cluster restart KP_URL=http://10.0.0.5:3030 KP_RECONNECTS=some \
    "KP_RESTART=$(at_the_same swap)"
  saw "$(database_is 1 commits); $(database_is 2 commits)"
}

check_database_alone() {
  start_databases
  stop_database 2 INT
  if timeout 3 bash -c "$(at_the_same commit)"; then die 'a commit did not wait for the standby'; fi
  (database 1 alone)
  timeout 20 bash -c "$(at_the_same commit)"
  start_database 2
  within 60 database_is 1 'followed by: db2 (async)'
  (database 1 together)
  within 20 database_is 1 'followed by: db2 (quorum)'
  timeout 20 bash -c "$(at_the_same commit)"
}
commit() {
  in_cluster env PGPASSWORD=secret "$(tests/support/postgres.sh where)/psql" -h 10.0.0.8 -U kolabpad kolabpad \
    -c 'CREATE TABLE IF NOT EXISTS tried (); INSERT INTO tried DEFAULT VALUES'
}

# The disk of the first one is new, and the other one has all there is: no second database is made.
check_database_is_made_once() {
  start_databases
  stop_database 1 QUIT
  rm -rf "$SCRATCH/db1/main"
  start_database 1
  within 20 grep -F 'waiting until db2 is the primary' "$SCRATCH/db1.log"
  if (database 2 promote) && (database 1 promote); then die 'there are two primaries'; fi
  within 60 database_is 2 'followed by: db1 (quorum)'
  if (database 1 promote); then die 'there are two primaries'; fi
}

# ---- real: the compose file, in an engine of its own (deploy/test/full has it) ----

# Debian's packages in the place of the official images.
cluster_images() {
  base_images
  mkdir -p "$SCRATCH/postgres" "$SCRATCH/haproxy"
  cat >"$SCRATCH/postgres/Dockerfile" <<EOF
FROM $DEBIAN_IMAGE
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-common \
    && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends postgresql-15 \
    && install -d -o postgres -g postgres /var/lib/postgresql/data /var/run/postgresql
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin
VOLUME /var/lib/postgresql/data
EOF
  cat >"$SCRATCH/haproxy/Dockerfile" <<EOF
FROM $DEBIAN_IMAGE
RUN apt-get update && apt-get install -y --no-install-recommends haproxy
USER haproxy
CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
EOF
  build_image docker.io/library/postgres:15 "$SCRATCH/postgres"
  build_image docker.io/library/haproxy:2.8 "$SCRATCH/haproxy"
}

cluster_stack() {
  engine_runs
  cluster_images
  kolabpad_image
  local image
  for image in "$IMAGE" docker.io/library/postgres:15 docker.io/library/haproxy:2.8; do into_engine "$image"; done
  mkdir "$SCRATCH/cluster"
  cp -r "$CLUSTER/." "$SCRATCH/cluster/"
  sed 's/_PASSWORD=$/_PASSWORD=0123456789abcdef/' "$CLUSTER/.env.example" >"$SCRATCH/cluster/.env"
  lift_limit "$SCRATCH/cluster/haproxy.cfg"
  export DOCKER_HOST=unix://$ENGINE/docker.sock
  later "cd $SCRATCH/cluster && docker-compose down -v"
  (cd "$SCRATCH/cluster" && docker-compose up -d)
  (within 120 ip netns exec kolabpad-test curl -sf --max-time 2 http://127.0.0.1:3030/api/health) ||
    die "$(cd "$SCRATCH/cluster" && docker-compose logs --tail 20)"
  within 60 eval 'docker exec cluster_db1_1 database state | grep -F "followed by: db2 (quorum)"'
  stack_serves
  docker kill cluster_n1_1
  deployed kolabpad-test session KP_URL=http://127.0.0.1:3030
}

stack_serves() {
  local servers='' n
  for n in 1 2 3; do
    servers+=http://$(docker inspect -f '{{.NetworkSettings.Networks.cluster_pads.IPAddress}}' "cluster_n${n}_1"):3030,
  done
  deployed kolabpad-test several KP_URL=http://127.0.0.1:3030 KP_TUNNELS=none "KP_SERVERS=$servers"
  deployed kolabpad-test session KP_URL=http://127.0.0.1:3030
  deployed kolabpad-test restart KP_URL=http://127.0.0.1:3030 KP_RECONNECTS=some "KP_RESTART=$(at_the_same swap_containers)"
  saw "$(docker exec cluster_db1_1 database state); $(docker exec cluster_db2_1 database state)"
}

# As docs/operations.md has it, from whichever is the primary to the other.
swap_containers() {
  local old=db1 new=db2
  cd "$SCRATCH/cluster"
  docker exec cluster_db1_1 database state | grep -q ^primary || { old=db2 && new=db1; }
  docker-compose stop "$old"
  docker exec "cluster_${new}_1" database promote
  docker-compose run --rm -T --no-deps --entrypoint rm "$old" -rf /var/lib/postgresql/data/main-old
  docker-compose up -d "$old"
  within 60 eval "docker exec cluster_${new}_1 database state | grep -F 'followed by: $old (quorum)'"
}

cluster_real() {
  check 'cluster: two databases take each other'"'"'s place while people type' check_databases_swap
  check 'cluster: a database alone, and together again' check_database_alone
  check 'cluster: a database that is made once' check_database_is_made_once
  check 'HAProxy: three servers by uri, one after the other replaced' check_behind_haproxy uri none
  check 'HAProxy: three servers by leastconn, one after the other replaced' check_behind_haproxy leastconn some
  check 'HAProxy: three servers by roundrobin, one after the other replaced' check_behind_haproxy roundrobin some
  check 'nginx: three servers by hash, one after the other replaced' check_behind_nginx "$HASH" none
  check 'nginx: three servers by least_conn, one after the other replaced' check_behind_nginx 'least_conn;' some
  check 'nginx: three servers by round robin, one after the other replaced' check_behind_nginx '' some
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  cd "$ROOT" || exit 1
  case ${1:-both} in
    roll | swap | commit | swap_containers) "$1" && exit ;; # for a check that runs
    fast) cluster_fast ;;
    real) cluster_real ;;
    both) cluster_fast && cluster_real ;;
    *) die "cluster.sh: $1: fast or real" ;;
  esac
  summary
fi
