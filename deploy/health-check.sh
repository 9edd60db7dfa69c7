#!/bin/sh
# health-check.sh - the comprehensive health check: one line for each finding.
#
#     deploy/health-check.sh [URL] [DATABASE]
#
# URL       where Kolabpad answers   (http://localhost:$PORT, 3030)
# DATABASE  the SQLite file          ($SQLITE_URI, /data/kolabpad.db)
#
# Exit status, as monitoring systems know it: 0 healthy, 1 WARNING, 2 CRITICAL,
# 3 the check itself cannot work. Needs curl or wget, jq, sqlite3, df.
#
#   MEMORY_WARNING_MB   more memory than that is worth a look (1024)
#   TASKS_ALLOWED       live tasks that belong to no connection and no document (32)
set -u

URL=${1:-http://localhost:${PORT:-3030}}
DATABASE=${2:-${SQLITE_URI:-/data/kolabpad.db}}
DATABASE=${DATABASE#sqlite://}
DATABASE=${DATABASE#file:}
DATABASE=${DATABASE%%\?*}
MEMORY_WARNING_MB=${MEMORY_WARNING_MB:-1024}
TASKS_ALLOWED=${TASKS_ALLOWED:-32}

worst=0
finding() { # status, word, text
  printf '%-8s %s\n' "$2" "$3"
  [ "$1" -le "$worst" ] || worst=$1
}
ok() { finding 0 OK "$1"; }
warning() { finding 1 WARNING "$1"; }
critical() { finding 2 CRITICAL "$1"; }

for tool in jq sqlite3 df; do
  if ! command -v "$tool" >/dev/null; then
    printf 'UNKNOWN  %s is not installed\n' "$tool"
    exit 3
  fi
done

fetch() { # path
  if command -v curl >/dev/null; then
    curl --silent --show-error --fail --max-time 10 "$URL$1" 2>&1
  else
    wget -q -T 10 -O - "$URL$1" 2>&1
  fi
}

stat_of() { printf '%s' "$stats" | jq -r "$1"; }
is() { [ "$(stat_of "$1")" = true ]; }

check_http() {
  if ! stats=$(fetch /api/stats) || ! printf '%s' "$stats" | jq -e .uptime_seconds >/dev/null 2>&1; then
    critical "HTTP: $URL/api/stats does not answer: $(printf '%.120s' "$stats" | head -n 1)"
    return 1
  fi
  ok "HTTP: up for $(stat_of .uptime_seconds) s, version $(stat_of .version)"
}

check_metrics() {
  if is '.persist_errors > 0'; then
    critical "persist errors: $(stat_of .persist_errors) failed writes since the start"
  else
    ok 'persist errors: none'
  fi
  if is ".memory_usage_mb > $MEMORY_WARNING_MB"; then
    warning "memory: $(stat_of .memory_usage_mb) MB, over $MEMORY_WARNING_MB"
  else
    ok "memory: $(stat_of .memory_usage_mb) MB"
  fi
  # Every connection is a task, and so is each of the server's own threads:
  # what is left over belongs to documents.
  tasks=$(stat_of '.goroutine_count - .websocket_connections')
  if [ "$tasks" -gt $(($(stat_of .documents_in_memory) * 5 + TASKS_ALLOWED)) ]; then
    warning "tasks: $tasks besides connections, for $(stat_of .documents_in_memory) documents"
  else
    ok "tasks: $tasks besides $(stat_of .websocket_connections) connections, for $(stat_of .documents_in_memory) documents"
  fi
}

check_health() {
  health=$(fetch /api/health)
  if [ "$(printf '%s' "$health" | jq -r .status 2>/dev/null)" = ok ]; then
    ok "health: ready, journal lag $(printf '%s' "$health" | jq -r .journal_lag_ms) ms"
  else
    critical "health: not ready: $(printf '%.120s' "$health" | head -n 1)"
  fi
}

check_database() {
  if [ -z "$DATABASE" ] || [ "$DATABASE" = ':memory:' ]; then
    ok 'database: in memory only'
    return
  fi
  if count=$(sqlite3 -readonly -cmd '.timeout 5000' "$DATABASE" 'SELECT COUNT(*) FROM documents;' 2>&1); then
    ok "database: $count documents"
  else
    critical "database: $DATABASE: $(printf '%s' "$count" | head -n 1)"
  fi
}

check_disk() {
  [ -n "$DATABASE" ] && [ "$DATABASE" != ':memory:' ] || return
  if ! used=$(df -P "$(dirname "$DATABASE")" 2>&1 | awk 'NR == 2 { sub("%", "", $5); print $5 }') || [ -z "$used" ]; then
    critical "disk: cannot tell how full $(dirname "$DATABASE") is"
  elif [ "$used" -gt 90 ]; then
    critical "disk: $used% of $(dirname "$DATABASE") in use"
  else
    ok "disk: $used% in use"
  fi
}

check_http && check_metrics && check_health
check_database
check_disk
exit "$worst"
