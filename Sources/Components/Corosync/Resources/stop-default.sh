# Stops the one-node cluster that the package's example configuration started at install, after a last look at what Corosync
# runs with: a cluster that is named `debian` or has no name, of exactly one node, on the loopback. Any other answer, and none,
# leaves it alone.
# shellcheck shell=sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
state=$(must systemctl show --property=ActiveState --value corosync.service) || exit 1
case $state in
inactive | failed) exit 0 ;;
active) ;;
*)
  echo "systemctl says '$state' of corosync.service on $(uname -n), so it was left alone. Run apply again: it will look anew." >&2
  exit 1
  ;;
esac
map=$(must corosync-cmapctl) || exit 1
printf '%s\n' "$map" | awk '
  { value = $0; sub(/^[^=]* = /, "", value) }
  $1 == "totem.cluster_name" && value != "debian" { other = 1 }
  $1 ~ /^nodelist\.node\.[0-9]+\.ring0_addr$/ { nodes++; if (value !~ /^127\.[0-9]+\.[0-9]+\.[0-9]+$/ && value != "::1") other = 1 }
  # It comes after the nodes: without it the answer is not whole.
  $1 == "totem.version" { whole = 1 }
  END { exit other || !whole || nodes != 1 }' || {
  echo "Corosync on $(uname -n) does not run the package's one-node example, so it was left alone. Run apply again: it will look anew." >&2
  exit 1
}
if ! timeout 90 systemctl stop pacemaker.service corosync.service; then
  systemctl --no-pager --lines 10 status pacemaker.service corosync.service >&2
  echo "Corosync does not stop. Stop it by hand (systemctl stop pacemaker corosync), then run apply again." >&2
  exit 1
fi
