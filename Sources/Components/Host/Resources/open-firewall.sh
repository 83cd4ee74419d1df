# Lets RULES (lines: ZONE, then firewall-cmd's --add-... arguments) through firewalld for two minutes. Nothing is taken
# away and nothing reloaded, so that no connection is lost; firewalld itself ends it, whatever becomes of us.
# shellcheck shell=sh disable=SC2154,SC2086
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
printf '%s\n' "$RULES" | while read -r zone arguments; do
  timeout 60 firewall-cmd -q --zone="$zone" --timeout=120 $arguments || exit 1
done || {
  echo "firewalld does not take that: see the lines above and 'firewall-cmd --get-active-zones' on $(uname -n), then apply again." >&2
  exit 1
}
