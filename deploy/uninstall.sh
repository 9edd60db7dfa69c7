#!/bin/sh
# uninstall.sh - takes away what install.sh put there. The database, .env and
# the user stay; the last line says how to remove those as well.
set -eu

prefix=${PREFIX:-/opt/kolabpad}
root=${DESTDIR:-}
units=$root/etc/systemd/system

if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo 'uninstall: run it as root (or set DESTDIR)' >&2
  exit 1
fi
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl disable --quiet --now kolabpad-backup.timer kolabpad.service || true
fi
rm -f "$units/kolabpad.service" "$units/kolabpad-backup.service" "$units/kolabpad-backup.timer" \
  "$root/usr/lib/sysusers.d/kolabpad.conf" "$root/usr/lib/tmpfiles.d/kolabpad.conf" "$root/etc/logrotate.d/kolabpad" \
  "$root$prefix/.env.example"
for program in kolabpad-server kolabpad kolabpad-check-env kolabpad-backup kolabpad-restore; do
  rm -f "$root$prefix/bin/$program"
done
rm -f "$root$prefix/share/man/man1/kolabpad.1" "$root$prefix/share/bash-completion/completions/kolabpad"
rm -rf "$root$prefix/dist"
(cd "$root$prefix" && rmdir -p share/man/man1 share/bash-completion/completions 2>/dev/null) || true
rmdir "$root$prefix/bin" 2>/dev/null || true
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
echo "uninstall: done; left are $prefix/data and $prefix/.env (rm -r $prefix; userdel kolabpad)"
