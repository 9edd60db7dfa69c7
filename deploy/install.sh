#!/bin/sh
# install.sh - puts what `make build.all` made where systemd will run it.
#
#   sudo deploy/install.sh                    into /opt/kolabpad, and starts it
#   DESTDIR=/tmp/package deploy/install.sh    files only, for a package
#   PREFIX=/srv/kolabpad                      somewhere else than /opt/kolabpad
#
# Run again, it upgrades: the program and the page are replaced, .env and data/
# are left alone, and the service is restarted; connected tabs resume.
set -eu
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/opt/kolabpad}
root=${DESTDIR:-}
units=$root/etc/systemd/system

case $prefix in
  /*) ;;
  *) echo "install: PREFIX must be an absolute path, not $prefix" >&2 && exit 2 ;;
esac
for needed in bin/kolabpad-server bin/kolabpad frontend/dist/index.html; do
  [ -e "$needed" ] || { echo "install: $needed is missing; make build.all makes it" >&2 && exit 1; }
done
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo 'install: run it as root (or set DESTDIR)' >&2
  exit 1
fi

# A file with /opt/kolabpad replaced by PREFIX.
adapt() { # mode, from, to
  mkdir -p "$(dirname "$3")"
  sed "s#/opt/kolabpad#$prefix#g" "$2" >"$3.new"
  chmod "$1" "$3.new"
  mv "$3.new" "$3"
}

# What runs is replaced by renaming, never overwritten.
put_program() { # from, name
  install -m 0755 "$1" "$root$prefix/bin/.$2.new"
  mv "$root$prefix/bin/.$2.new" "$root$prefix/bin/$2"
}

put_page() {
  rm -rf "$root$prefix/dist.new"
  cp -R frontend/dist "$root$prefix/dist.new"
  chmod -R u=rwX,go=rX "$root$prefix/dist.new"
  rm -rf "$root$prefix/dist"
  mv "$root$prefix/dist.new" "$root$prefix/dist"
}

put_files() {
  mkdir -p "$root$prefix/bin" "$root$prefix/data"
  put_program bin/kolabpad-server kolabpad-server
  put_program bin/kolabpad kolabpad
  put_program deploy/check-env kolabpad-check-env
  put_program deploy/backup/kolabpad-backup kolabpad-backup
  put_program deploy/backup/kolabpad-restore kolabpad-restore
  put_page
  install -D -m 0644 man/kolabpad.1 "$root$prefix/share/man/man1/kolabpad.1"
  install -D -m 0644 tools/completion/kolabpad.bash "$root$prefix/share/bash-completion/completions/kolabpad"
  install -m 0644 .env.example "$root$prefix/.env.example"
  [ -e "$root$prefix/.env" ] || install -m 0640 .env.example "$root$prefix/.env"
  adapt 0644 deploy/systemd/kolabpad.service "$units/kolabpad.service"
  adapt 0644 deploy/systemd/kolabpad-backup.service "$units/kolabpad-backup.service"
  adapt 0644 deploy/systemd/kolabpad-backup.timer "$units/kolabpad-backup.timer"
  adapt 0644 deploy/systemd/kolabpad.sysusers "$root/usr/lib/sysusers.d/kolabpad.conf"
  adapt 0644 deploy/systemd/kolabpad.tmpfiles "$root/usr/lib/tmpfiles.d/kolabpad.conf"
  adapt 0644 deploy/logrotate/kolabpad "$root/etc/logrotate.d/kolabpad"
}

make_user() {
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers kolabpad.conf
  elif ! id kolabpad >/dev/null 2>&1; then
    useradd --system --home-dir "$prefix" --shell /usr/sbin/nologin kolabpad
  fi
}

own_data() {
  chown kolabpad:kolabpad "$prefix/data"
  chmod 0700 "$prefix/data"
  chown root:kolabpad "$prefix/.env"
  chmod 0640 "$prefix/.env"
  install -d -m 0750 -o kolabpad -g kolabpad /var/log/kolabpad
  install -d -m 0700 -o kolabpad -g kolabpad /backups/kolabpad
}

start() {
  "$prefix/bin/kolabpad-check-env" "$prefix/.env" --with "$prefix/bin/kolabpad-server" --check-config
  [ -d /run/systemd/system ] || { echo 'install: systemd does not run here; start it yourself' && return; }
  systemctl daemon-reload
  systemctl enable --quiet kolabpad.service kolabpad-backup.timer
  systemctl restart kolabpad.service
  systemctl start kolabpad-backup.timer
}

put_files
if [ -n "$root" ]; then
  echo "install: the files are in $root"
  exit 0
fi
make_user
own_data
start
echo "install: Kolabpad is in $prefix. Settings: $prefix/.env; then systemctl restart kolabpad"
