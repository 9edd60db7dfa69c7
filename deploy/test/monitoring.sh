#!/usr/bin/env bash
# monitoring.sh - what watches Kolabpad, tried on Kolabpad.
#
#     deploy/test/monitoring.sh          both of:
#     deploy/test/monitoring.sh fast     rules, dashboard, health check: seconds
#     deploy/test/monitoring.sh real     Prometheus scrapes a server under load: a minute
#
# Other programs of this folder may source it and call monitoring_fast and
# monitoring_real. KP_SERVER is the program under test (bin/kolabpad-server).
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2154,SC2016 # SCRATCH and ROOT are lib.sh's; what eval and node get
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PROMETHEUS=$ROOT/deploy/prometheus
DASHBOARD=$ROOT/deploy/grafana/kolabpad.json
HEALTH_CHECK=$ROOT/deploy/health-check.sh
SERVER=${KP_SERVER:-$ROOT/bin/kolabpad-server}
# The Accept header of Prometheus 2.42, as it sends it.
ACCEPT='application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

# ---- helpers --------------------------------------------------------------------

serve() { # settings…: a server with a database in $SCRATCH; sets PORT and SERVER_PID
  [ -x "$SERVER" ] || skip "$SERVER is not built"
  PORT=$(free_port)
  env HOST=127.0.0.1 PORT="$PORT" SQLITE_URI="$SCRATCH/kolabpad.db" STATIC_DIR="$ROOT/tests/blackbox/fixtures/static" "$@" \
    "$SERVER" >"$SCRATCH/log" 2>&1 &
  SERVER_PID=$!
  later "kill $SERVER_PID 2>/dev/null; wait $SERVER_PID"
  within 20 curl -sf "http://127.0.0.1:$PORT/api/health"
}

health() { "$HEALTH_CHECK" "http://127.0.0.1:$PORT" "$SCRATCH/kolabpad.db"; }

expect_status() { # status, command…
  local wanted=$1 status=0
  shift
  "$@" >"$SCRATCH/answer" 2>&1 || status=$?
  cat "$SCRATCH/answer"
  [ "$status" = "$wanted" ] || die "$* ended with $status, not $wanted"
}

expect_line() { # pattern
  grep -Eq "$1" "$SCRATCH/answer" || die "no line $1"
}

# shellcheck disable=SC2016 # Grafana's variable, not ours
expressions() { # those of the dashboard, one a line, with windows that suit a short run
  jq -r '.panels[].targets[]?.expr' "$DASHBOARD" | sed -e 's/\$__rate_interval/10s/g' -e 's/\[5m\]/[20s]/g'
}

# ---- fast -----------------------------------------------------------------------

check_prometheus_files() {
  need promtool
  promtool check config "$PROMETHEUS/prometheus.yml"
  promtool check rules "$PROMETHEUS/kolabpad.rules.yml"
  promtool test rules "$PROMETHEUS/kolabpad.test.yml"
}

check_alertmanager_file() {
  need amtool
  amtool check-config "$PROMETHEUS/alertmanager.yml"
}

check_every_alert_is_tested() {
  local alert
  sed -n 's/.*- alert: //p' "$PROMETHEUS/kolabpad.rules.yml" | while read -r alert; do
    grep -q "name: $alert fires" "$PROMETHEUS/kolabpad.test.yml" || die "$alert has no test that it fires"
    grep -q "'$alert is silent: " "$PROMETHEUS/kolabpad.test.yml" || die "$alert has no test that it is silent"
  done
}

# promtool reads all of it; what it does not like are the founding document's names.
check_exposition() {
  need promtool curl
  serve
  curl -sf -H "Accept: $ACCEPT" "http://127.0.0.1:$PORT/api/stats" >"$SCRATCH/metrics"
  promtool check metrics <"$SCRATCH/metrics" >"$SCRATCH/answer" 2>&1 || true
  if grep -vE '(active_persisters_count|goroutine_count|websocket_connections_total) non-' "$SCRATCH/answer"; then
    die 'promtool has something to say'
  fi
}

check_every_metric_exists() { # what rules and dashboard ask for
  need curl jq
  local name
  serve
  curl -sf "http://127.0.0.1:$PORT/metrics" >"$SCRATCH/metrics"
  { expressions && sed -n '/ expr: /,/ \(for\|labels\):/p' "$PROMETHEUS/kolabpad.rules.yml"; } |
    grep -oE '\b(kolabpad_|[a-z]+_)[a-z_]+\b' | sort -u >"$SCRATCH/names"
  while read -r name; do
    case $name in histogram_quantile | max_over_time | document_too_large | rate_limited | storage_unavailable | no_memory | bad_*) continue ;; esac
    grep -qE "^${name}[ {]" "$SCRATCH/metrics" || die "there is no metric $name"
  done <"$SCRATCH/names"
}

check_dashboard() {
  need jq
  jq -e '[.panels[] | select(.type != "row")] | length > 15 and all(.targets | length > 0)' "$DASHBOARD"
  jq -e '[.panels[].id] | length == (unique | length)' "$DASHBOARD"
  jq -e '[.panels[] | select(.type == "row") | .title] == ["People","Edits","Latency","Persistence","Memory","Errors","Servers"]' "$DASHBOARD"
}

check_healthy() {
  need curl jq sqlite3
  serve
  expect_status 0 health
  expect_line '^OK +HTTP: up for '
  expect_line '^OK +database: 0 documents'
}

check_memory_warning() {
  need curl jq sqlite3
  serve
  MEMORY_WARNING_MB=1 expect_status 1 health
  expect_line '^WARNING +memory: '
}

check_server_gone() {
  need curl jq sqlite3
  serve
  kill "$SERVER_PID"
  wait "$SERVER_PID"
  expect_status 2 health
  expect_line '^CRITICAL +HTTP: '
  expect_line '^OK +database: '
}

check_database_gone() {
  need curl jq sqlite3
  serve
  expect_status 2 "$HEALTH_CHECK" "http://127.0.0.1:$PORT" "$SCRATCH/nowhere/kolabpad.db"
  expect_line '^CRITICAL +database: '
}

monitoring_fast() {
  check 'Prometheus: configuration, rules and their tests' check_prometheus_files
  check 'Alertmanager: configuration' check_alertmanager_file
  check 'Prometheus: each alert is tested to fire and to be silent' check_every_alert_is_tested
  check 'Prometheus: reads /api/stats' check_exposition
  check 'Prometheus, Grafana: every metric asked for exists' check_every_metric_exists
  check 'Grafana: the dashboard is whole' check_dashboard
  check 'health check: healthy' check_healthy
  check 'health check: warning' check_memory_warning
  check 'health check: the server is gone' check_server_gone
  check 'health check: the database is gone' check_database_gone
}

# ---- real -----------------------------------------------------------------------

load() { # milliseconds, edits a second
  "$ROOT/build/release/bench/bench_load" --port "$PORT" --pid "$SERVER_PID" --pads 4 --writers 3 --readers 3 \
    --milliseconds "$1" --rate "$2"
}

query() { # expression: the number of series in the answer
  curl -sfG "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/query" --data-urlencode "query=$1" | jq '.data.result | length'
}

start_prometheus() { # an expression of sed for the rules, one for the configuration
  PROMETHEUS_PORT=$(free_port)
  sed -e "${2:-}" -e "s/kolabpad:3030/127.0.0.1:$PORT/" -e 's/scrape_interval: .*/scrape_interval: 1s/' \
    -e 's/evaluation_interval: .*/evaluation_interval: 1s/' "$PROMETHEUS/prometheus.yml" >"$SCRATCH/prometheus.yml"
  sed -e "${1:-}" "$PROMETHEUS/kolabpad.rules.yml" >"$SCRATCH/kolabpad.rules.yml"
  prometheus --config.file "$SCRATCH/prometheus.yml" --storage.tsdb.path "$SCRATCH/tsdb" \
    --web.listen-address "127.0.0.1:$PROMETHEUS_PORT" >"$SCRATCH/prometheus.log" 2>&1 &
  later "kill $! 2>/dev/null; wait $!"
  within 30 curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/-/ready"
}

check_every_panel() {
  need prometheus curl jq
  [ -x "$ROOT/build/release/bench/bench_load" ] || skip 'bench_load is not built (make bench builds it)'
  local expression count=0
  serve RATE_LIMITS=off
  start_prometheus 's/interval: .*/interval: 1s/'
  for _ in 1 2 3 4; do load 5000 400; done & # ends every five seconds, so that pads are written
  later "kill $! 2>/dev/null"
  sleep 20
  [ "$(query 'up{job="kolabpad"} == 1')" = 1 ] || die 'Prometheus does not reach the server'
  while read -r expression; do
    [ "$(query "$expression")" -gt 0 ] || die "no data: $expression"
    count=$((count + 1))
  done < <(expressions)
  saw "$count expressions of the dashboard have data"
  curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/rules" |
    jq -e --argjson rules "$(grep -c 'alert: ' "$PROMETHEUS/kolabpad.rules.yml")" \
      '[.data.groups[].rules[]] | length == $rules and all(.health == "ok")' || die 'a rule cannot be evaluated'
  curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/alerts" | jq -e '[.data.alerts[] | select(.state == "firing")] == []' ||
    die 'an alert fires on a healthy server'
}

# From the server to whoever is paged, and back: each program with the file of deploy/.
check_alert_arrives() {
  need prometheus prometheus-alertmanager curl jq
  serve
  start_pager
  start_alertmanager
  start_prometheus 's/for: 1m/for: 2s/; s/interval: 30s/interval: 1s/' \
    "/^# alerting:/,/^$/s/^# //; s/alertmanager:9093/127.0.0.1:$ALERTMANAGER_PORT/"
  within 30 eval 'curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/alertmanagers" | jq -e ".data.activeAlertmanagers[0]"'
  kill -9 "$SERVER_PID"
  within 60 paged now firing ServerDown
  env HOST=127.0.0.1 PORT="$PORT" SQLITE_URI="$SCRATCH/kolabpad.db" "$SERVER" >>"$SCRATCH/log" 2>&1 &
  later "kill $! 2>/dev/null; wait $!"
  within 60 paged now resolved ServerDown
  saw "the pager: $(jq -r '"\(.alerts[0].labels.alertname) \(.status): \(.alerts[0].annotations.summary)"' "$SCRATCH/pages-now" | paste -sd ';')"
}

start_pager() { # keeps what it is sent: one line of JSON in $SCRATCH/pages-…, named by the path
  PAGER_PORT=$(free_port)
  touch "$SCRATCH/pages-now" "$SCRATCH/pages-morning"
  node -e '
    const { appendFileSync } = require("fs");
    const [folder, port] = process.argv.slice(1);
    require("http").createServer((request, response) => {
      let body = "";
      request.on("data", (bytes) => (body += bytes)).on("end", () => {
        appendFileSync(`${folder}/pages-${request.url.slice(1)}`, `${body.trim()}\n`);
        response.end();
      });
    }).listen(port, "127.0.0.1")' "$SCRATCH" "$PAGER_PORT" &
  later "kill $! 2>/dev/null"
}

paged() { # receiver, status, alert
  jq -se --arg status "$2" --arg name "$3" \
    'any(.[]; .receiver == "'"$1"'" and .status == $status and .alerts[0].labels.alertname == $name)' "$SCRATCH/pages-$1"
}

start_alertmanager() {
  ALERTMANAGER_PORT=$(free_port)
  sed -e "s/pager.internal:8080/127.0.0.1:$PAGER_PORT/" -e 's/group_wait: .*/group_wait: 1s/' -e 's/group_interval: .*/group_interval: 1s/' \
    "$PROMETHEUS/alertmanager.yml" >"$SCRATCH/alertmanager.yml"
  prometheus-alertmanager --config.file "$SCRATCH/alertmanager.yml" --storage.path "$SCRATCH/alertmanager" --cluster.listen-address= \
    --web.listen-address "127.0.0.1:$ALERTMANAGER_PORT" >"$SCRATCH/alertmanager.log" 2>&1 &
  later "kill $! 2>/dev/null; wait $!"
  within 30 curl -sf "http://127.0.0.1:$ALERTMANAGER_PORT/-/ready"
}

# The founding document's procedures, word for word but for the port.
check_leak_procedures() {
  need go curl
  under_load
  export PPROF_TMPDIR=$SCRATCH
  pprof top 'http://localhost:3030/debug/pprof/heap' >"$SCRATCH/heap.txt"
  grep -q limits_new "$SCRATCH/heap.txt" || die "no function of ours: $(cat "$SCRATCH/heap.txt")"
  pprof 'top 40 -cum' 'http://localhost:3030/debug/pprof/profile?seconds=3' >"$SCRATCH/cpu.txt"
  grep -qE 'session_|broadcast|pad_edit|shard' "$SCRATCH/cpu.txt" || die "no function of ours: $(cat "$SCRATCH/cpu.txt")"
  curl -sf "http://localhost:$PORT/debug/pprof/goroutine" | grep -c '^[0-9]* connection joined'
  curl -sf "http://localhost:$PORT/debug/pprof/goroutine?debug=2" >"$SCRATCH/goroutines.txt"
  [ "$(grep -A 5 persister "$SCRATCH/goroutines.txt" | grep -c '^persister')" -ge 4 ]
  saw "$(grep accounting "$SCRATCH/heap.txt"); $(grep accounting "$SCRATCH/cpu.txt")"
}

pprof() { # command, address: as typed at its prompt
  echo "$1" | go tool pprof "${2/:3030/:$PORT}" 2>&1
}

under_load() {
  [ -x "$ROOT/build/release/bench/bench_load" ] || skip 'bench_load is not built (make bench builds it)'
  serve RATE_LIMITS=off
  load 15000 2000 &
  later "kill $! 2>/dev/null"
  sleep 1
}

# Without Go: what Debian's google-perftools brings.
check_profiles() {
  need google-pprof curl
  under_load
  curl -sf "http://127.0.0.1:$PORT/debug/pprof/profile?seconds=3" >"$SCRATCH/cpu"
  curl -sf "http://127.0.0.1:$PORT/debug/pprof/heap" >"$SCRATCH/heap"
  google-pprof --text "$SERVER" "$SCRATCH/cpu" >"$SCRATCH/cpu.txt"
  google-pprof --text "$SERVER" "$SCRATCH/heap" >"$SCRATCH/heap.txt"
  grep -qE 'session_|broadcast|pad_edit' "$SCRATCH/cpu.txt" || die "no function of ours: $(head "$SCRATCH/cpu.txt")"
  grep -q 'limits_new' "$SCRATCH/heap.txt" || die "no function of ours: $(head "$SCRATCH/heap.txt")"
  saw "$(sed -n 1p "$SCRATCH/cpu.txt"), $(sed -n 1p "$SCRATCH/heap.txt")"
}

monitoring_real() {
  check 'Prometheus, Grafana: every panel has data under load, no alert fires' check_every_panel
  check 'Alertmanager: the pager is told that the server is down, and that it is back' check_alert_arrives
  check 'go tool pprof: the leak procedures' check_leak_procedures
  check 'google-pprof: reads heap and processor profiles' check_profiles
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1:-both} in
    fast) monitoring_fast ;;
    real) monitoring_real ;;
    both) monitoring_fast && monitoring_real ;;
    *) die "monitoring.sh: $1: fast or real" ;;
  esac
  summary
fi
