# Makes the node's host name NAME, now and after a reboot.
# shellcheck shell=sh disable=SC2154
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
if timeout 20 hostnamectl set-hostname "$NAME" 2>/dev/null && [ "$(uname -n)" = "$NAME" ]; then exit 0; fi
# Without D-Bus there is no hostnamectl.
printf '%s\n' "$NAME" >/etc/hostname
printf '%s\n' "$NAME" >/proc/sys/kernel/hostname
if [ "$(uname -n)" != "$NAME" ]; then
  echo "the host name is still $(uname -n): set it to $NAME on the node by hand (hostnamectl set-hostname $NAME), then apply again." >&2
  exit 1
fi
