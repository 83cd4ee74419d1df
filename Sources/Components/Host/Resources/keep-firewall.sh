# Keeps what open-firewall.sh has opened: RULES as there. First now, without its end (which firewalld forgets where a rule
# is removed; connections live on meanwhile), then for good: until that is done, a plan sees that it is not.
# shellcheck shell=sh disable=SC2154,SC2086
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
printf '%s\n' "$RULES" | while read -r zone arguments; do
  removal=$(printf '%s' "$arguments" | sed 's/--add-/--remove-/g')
  timeout 60 firewall-cmd -q --zone="$zone" $removal
  timeout 60 firewall-cmd -q --zone="$zone" $arguments || exit 1
  timeout 60 firewall-cmd -q --permanent --zone="$zone" $arguments || exit 1
done || {
  echo "firewalld does not keep that: see the lines above on $(uname -n), then apply again." >&2
  exit 1
}
