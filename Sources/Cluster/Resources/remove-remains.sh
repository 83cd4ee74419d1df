# Removes what apply wrote on this node, the cluster's own state, and nothing of PMM's data or the config share.
# FILES: paths, one a line.
# All is looked at before anything is removed: daemons that still run, and whatever is mounted at or below a path, forbid it.
# shellcheck shell=sh disable=SC2154
set -eu
fail() {
  echo "$*: nothing was removed on $(uname -n). Mend that, then run destroy again." >&2
  exit 1
}
labs=/var/lib/pmm-ha/labs
for unit in pacemaker.service corosync.service pmm-server.service; do
  state=$(must systemctl show --property=ActiveState --value "$unit") || exit 1
  case $state in
  inactive | failed) ;;
  *) fail "systemctl says '$state' of $unit" ;;
  esac
done
# By the shell itself: a program that prints half of the file would hide a mount.
mounts=$(while read -r line; do printf '%s\n' "$line"; done </proc/self/mountinfo) || fail "/proc/self/mountinfo cannot be read"
places=$(printf '%s\n' "$mounts" | awk 'NF < 10 || $5 !~ /^\// { bad = 1 } { print $5 } END { exit bad || !NR }') ||
  fail "/proc/self/mountinfo cannot be read"
IFS='
'
for file in $FILES; do
  case $file in /*/*) ;; *) fail "'$file' is no path of pmm-ha's" ;; esac
  for place in $places; do
    case $place in
    "$labs" | "$labs"/*) ;;
    "$file" | "$file"/*) fail "$place is mounted, and it lies in $file" ;;
    esac
  done
done
# The labs of this machine, where it has some, are none of the cluster's.
for file in $FILES; do
  if [ "$file" = "${labs%/*}" ] && [ -e "$labs" ]; then
    find "$file" -mindepth 1 -maxdepth 1 ! -path "$labs" -exec rm -rf --one-file-system -- {} +
  else
    rm -rf --one-file-system -- "$file"
  fi
done
rm -f /var/lib/pacemaker/cib/cib* /var/lib/pacemaker/pengine/pe-*
rm -f /var/lib/corosync/ringid_*
systemctl daemon-reload
