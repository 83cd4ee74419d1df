# What this node sees at SHARE, the directory that both nodes shall share. Reads only.
# UNIT: name of the units that mount it, or empty. VOLUME, BRICK: of GlusterFS, or empty.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
# A network filesystem whose server is gone answers never. Who waits for it may not even die of SIGKILL (a filesystem of
# FUSE holds it), so it must not hold our output either: it writes to a shell between, which does die.
# shellcheck disable=SC2016 # the inner shell expands
quick() { timeout -s KILL 5 sh -c 'x=$("$@" </dev/null 2>&1; s=$?; echo .; exit $s); s=$?; printf %s "${x%.}"; exit $s' quick "$@"; }

section share
[ -s /var/lib/pmm-ha/share.mark ] && echo "record=$(head -c 100 /var/lib/pmm-ha/share.mark)"
kind=$(quick stat -L -c %F -- "$SHARE")
status=$?
if [ "$status" = 0 ] && [ "$kind" = directory ]; then
  # What NFS knows of a file may be a minute old; how full the filesystem is, only its server can say.
  filesystem=$(quick stat -f -c %T -- "$SHARE")
  status=$?
  [ "$status" = 0 ] || kind=$filesystem
fi
case $status in
0)
  echo "kind=$kind"
  if [ "$kind" = directory ]; then
    echo "filesystem=$filesystem"
    # The shell itself must not touch it: it cannot be killed by its own time-out.
    token=$(quick head -c 100 -- "$SHARE/.pmm-ha-share") && echo "token=$token"
  fi
  ;;
124 | 137) echo "kind=hanging" ;;
*)
  case $kind in
  *'No such file'*) echo "kind=absent" ;;
  *) echo "kind=failing: $kind" ;;
  esac
  quick test -d "$(dirname -- "$SHARE")" && echo "parent=directory"
  ;;
esac
# What is mounted there, from the kernel's table: read after the look above, which an automount point waits for.
mounted=
while read -r _ _ _ _ place rest; do
  [ "$place" = "$SHARE" ] || continue
  case $rest in
  *' - autofs '* | '- autofs '*) ;;
  *) mounted=${rest#*- } ;;
  esac
done </proc/self/mountinfo
[ -z "$mounted" ] || echo "mounted=$mounted"

if [ -n "$UNIT" ]; then
  for file in "/etc/systemd/system/$UNIT.mount" "/etc/systemd/system/$UNIT.automount"; do
    [ -f "$file" ] || continue
    section "file $(stat -c %a "$file") $file"
    # The added newline ends the section; the file's own last one stays part of it.
    cat "$file"
    echo
  done
  section units
  if [ -d /run/systemd/system ]; then
    timeout 5 systemctl show --property=Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload,CanStart "$UNIT.mount" "$UNIT.automount" 2>/dev/null
  fi
fi

if [ -n "$VOLUME" ]; then
  # glusterd's own files: its command line waits for peers that are dead.
  section gluster
  echo "daemon=$(timeout 5 systemctl is-active glusterd.service 2>/dev/null)"
  echo "boot=$(timeout 5 systemctl is-enabled glusterd.service 2>/dev/null)"
  [ -d "$BRICK" ] && echo "brick=yes"
  pending=0
  for entry in "$BRICK"/.glusterfs/indices/xattrop/*; do
    case ${entry##*/} in
    xattrop-* | '*') ;;
    *) pending=$((pending + 1)) ;;
    esac
  done
  echo "pending=$pending"
  section peers
  cat /var/lib/glusterd/peers/* 2>/dev/null
  section volume
  # Without the credentials that the bricks know their clients by.
  grep -v -e '^username=' -e '^password=' "/var/lib/glusterd/vols/$VOLUME/info" 2>/dev/null
fi
section end
exit 0
