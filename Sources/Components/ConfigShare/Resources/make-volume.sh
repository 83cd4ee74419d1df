# Makes and starts the GlusterFS volume VOLUME of BRICKS (HOST:PATH, separated by blanks), or finishes that.
# PEERS: the other machines. KIND: `replica 2`, or `replica 3 arbiter 1`. OPTIONS: KEY=VALUE, separated by blanks.
# shellcheck shell=sh disable=SC2154,SC2086
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
gluster() { timeout -s KILL 120 gluster --mode=script "$@" 2>&1; }

fail() {
  printf '%s\n' "$1" "$2" >&2
  exit 1
}

for peer in $PEERS; do
  # glusterd of the peer may have been started a moment ago.
  tries=0
  until said=$(gluster peer probe "$peer"); do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || fail "$said" "glusterd on $peer does not answer $(uname -n): does it run there, and do the firewalls let ports 24007 and 49152 to 49251 through? Then apply again."
    sleep 0.5
  done
done
tries=0
for peer in $PEERS; do
  until cat /var/lib/glusterd/peers/* 2>/dev/null | awk -v peer="$peer" -F= '$1 == "state" { state = $2 } $1 ~ /^hostname/ && $2 == peer && state == 3 { found = 1 } END { exit !found }'; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "$(gluster peer status)" "$peer has not joined within 20 s: look at /var/log/glusterfs/glusterd.log there, then apply again."
    sleep 0.2
  done
done
if [ ! -e "/var/lib/glusterd/vols/$VOLUME/info" ]; then
  # force: the bricks may lie on the machines' own filesystems, which hold a few KB of settings well.
  tries=0
  until said=$(gluster volume create "$VOLUME" $KIND $BRICKS force); do
    case $said in
    *'already part of a volume'* | *'is already exists'*)
      fail "$said" "the bricks hold what was a volume before. If nobody needs it, take the directories away on each machine, then apply again."
      ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || fail "$said" "the volume $VOLUME cannot be made of $BRICKS: see the lines above and /var/log/glusterfs/glusterd.log, then apply again."
    sleep 1
  done
fi
for option in $OPTIONS; do
  grep -qxF "$option" "/var/lib/glusterd/vols/$VOLUME/info" && continue
  said=$(gluster volume set "$VOLUME" "${option%%=*}" "${option#*=}") ||
    fail "$said" "the volume $VOLUME does not take $option: see /var/log/glusterfs/glusterd.log, then apply again."
done
if ! grep -qx status=1 "/var/lib/glusterd/vols/$VOLUME/info"; then
  said=$(gluster volume start "$VOLUME") ||
    fail "$said" "the volume $VOLUME does not start: see /var/log/glusterfs/glusterd.log and bricks/ beside it, then apply again."
fi
