# Whether SHARE is the directory in which the node MAKER has just left its mark; notes the mark on this node.
# shellcheck shell=sh disable=SC2154
set -u
# As in share-probe.sh: who waits for a server that is gone must hold nothing that we wait for.
# shellcheck disable=SC2016 # the inner shell expands
quick() { timeout -s KILL 5 sh -c 'x=$("$@" </dev/null 2>&1; s=$?; echo .; exit $s); s=$?; printf %s "${x%.}"; exit $s' quick "$@"; }
# An NFS client believes for up to a minute (nfs(5): acdirmin, acdirmax) that a file it has once not found is still not
# there, unless it changes the directory itself: the server's answer then tells that others did, too. Where it may not
# write, only time helps.
refresh() {
  # shellcheck disable=SC2016 # the inner shell expands
  quick sh -c 'mkdir -- "$1/.pmm-ha-look.$2" && rmdir -- "$1/.pmm-ha-look.$2"' refresh "$SHARE" "$(uname -n).$$" >/dev/null
}
patience=15
refresh || ! quick test -d "$SHARE" >/dev/null || patience=65
deadline=$(($(date +%s) + patience))
while :; do
  if seen=$(quick head -c 100 -- "$SHARE/.pmm-ha-share") && [ -n "$seen" ]; then
    mkdir -p /var/lib/pmm-ha
    printf '%s\n' "$seen" >/var/lib/pmm-ha/share.mark.new
    mv /var/lib/pmm-ha/share.mark.new /var/lib/pmm-ha/share.mark
    exit 0
  fi
  [ "$(date +%s)" -lt "$deadline" ] || break
  sleep 0.25
done
echo "$SHARE is not shared: $(uname -n) does not see the file .pmm-ha-share that $MAKER has made there. Mount the same share at this place on both nodes (compare 'findmnt -T $SHARE' there), then apply again." >&2
exit 1
