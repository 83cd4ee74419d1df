#!/bin/sh
# pmm-server.service runs this before PMM's container: refuses where PMM would not write to the shared filesystem or could
# not work with what is in it, removes the pid file that a PostgreSQL left whose node died, and notes with which settings
# PMM is started, so that a later change is seen to need a restart. data-owner.sh and
# certificate.sh stand before it.
# usage: pmm-start-check MOUNT_POINT DEVICE OWNER SETTINGS_FILE...   (DEVICE may be -: any; OWNER: UID:GID of PMM's processes)
# PMM_IMAGE, PMM_TAG: the image, from the unit's environment.
set -eu
mount_point=$1
device=$2
owner=$3
shift 3

# One line: the agent shows the last one that stands in the journal.
fail() {
  echo "$*" >&2
  exit 1
}

found=
# The last entry is the one on top.
while read -r _ _ number _ place _; do
  [ "$place" != "$mount_point" ] || found=$number
done </proc/self/mountinfo
[ -n "$found" ] ||
  fail "nothing is mounted on $mount_point: PMM would write to this node's own disk. Start PMM through Pacemaker, which mounts first."
if [ "$device" != - ]; then
  numbers=$(stat -L -c '%t %T' "$device") || fail "$device, which should be mounted on $mount_point, is not there. Is the disk attached to this node?"
  expected=$((0x${numbers% *})):$((0x${numbers#* }))
  [ "$found" = "$expected" ] ||
    fail "device $found is mounted on $mount_point, not $device ($expected): unmount it, then let Pacemaker mount the right one."
fi

# Whether the user $1 can work with what is there. Sets wrong (the first part of the data that it cannot work with), and
# root_owner, root_group, root_mode.
works_for() {
  root=$(stat -c '%u %g %a' -- "$mount_point") || fail "$mount_point cannot be read: see 'dmesg' on $(uname -n)."
  root_owner=${root%% *}
  root_mode=${root##* }
  root_group=${root#* }
  root_group=${root_group%% *}
  wrong=$(refused "$mount_point" "$1") ||
    fail "the owners of PMM's data below $mount_point cannot be read: see 'dmesg' on $(uname -n), and whether the disk answers."
  [ -z "$wrong" ] && takes_files "$root_owner" "$root_group" "$root_mode" "$1"
}

# A new filesystem belongs to root where this tool did not make it; a tree of other owners is never changed here. The image
# is asked for its user only where something is wrong with the owners: podman takes 40 ms for it.
check_owner() {
  [ "${owner%:*}" != 0 ] || return 0
  if works_for "${owner%:*}"; then return 0; fi
  # Beside a digest the tag does not count.
  case ${PMM_IMAGE:-} in
  *@*) image=$PMM_IMAGE ;;
  *) image=${PMM_IMAGE:-}:${PMM_TAG:-} ;;
  esac
  user=$(timeout 20 podman image inspect --format 'user={{.Config.User}}' "$image") ||
    fail "podman does not say as which user $image runs: is the image on $(uname -n)? Run: podman image inspect $image"
  user=${user#user=}
  user=${user%%:*}
  case $user in
  # Root can work with every owner's files.
  '' | 0 | root) return 0 ;;
  *[!0-9]*) ;;
  "${owner%:*}") ;;
  *)
    owner=$user:0
    if works_for "$user"; then return 0; fi
    ;;
  esac
  entries=$(timeout -s KILL 20 find "$mount_point" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit) ||
    fail "$mount_point cannot be read: see 'dmesg' on $(uname -n), and whether the disk answers."
  if [ -z "$entries" ]; then
    chown -- "$owner" "$mount_point" || fail "the root of the empty filesystem on $mount_point cannot be given to $owner: is it mounted read-only?"
    chmod 0755 -- "$mount_point" || fail "the mode of $mount_point cannot be set: is it mounted read-only?"
    echo "the filesystem on $mount_point is empty: its root belongs to $owner now, as which PMM runs (it belonged to $root_owner:$root_group)" >&2
    return 0
  fi
  if [ -n "$wrong" ]; then
    fail "PMM runs as $owner and cannot work with data of another owner: ${wrong##* } belongs to ${wrong%% *}. If this is the data that PMM shall use: chown -R $owner $mount_point on $(uname -n), where it is mounted; then: pmm-ha cleanup."
  fi
  fail "PMM runs as $owner and cannot write to $mount_point, which belongs to $root_owner:$root_group with mode $root_mode. If this is the data that PMM shall use: chown $owner $mount_point && chmod 755 $mount_point on $(uname -n), where it is mounted; then: pmm-ha cleanup."
}

# Whether a process of the container is left in this unit's control group: one in a PID namespace below this node's, for
# which /proc/PID/status lists more than one number (proc(5)).
container_lives() {
  for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    for list in "$group"/system.slice/pmm-server.service/cgroup.procs "$group"/system.slice/pmm-server.service/*/cgroup.procs; do
      [ -e "$list" ] || continue
      while read -r process; do
        numbers=$(sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null) || continue
        case $numbers in *[0-9][[:space:]]*[0-9]*) return 0 ;; esac
      done <"$list"
    done
  done
  return 1
}

# PostgreSQL's pid file names a number that another of PMM's processes may have in the new container; PostgreSQL then
# takes itself for running and stays down for ever (percona/pmm#4796). It is stale where the filesystem is mounted here,
# no container of this unit lives, and no process works in the directory, as every process of PostgreSQL does.
remove_stale_pid() {
  for directory in "$mount_point"/postgres*; do
    file=$directory/postmaster.pid
    [ -e "$file" ] || [ -L "$file" ] || continue
    [ ! -L "$directory" ] ||
      fail "$directory is a symbolic link, so it is not certain whose pid file $file is: put the directory itself in its place, or remove the file by hand if no PostgreSQL runs there."
    kind=$(stat -c %F -- "$file") || fail "$file cannot be read: see 'dmesg' on $(uname -n)."
    case $kind in
    'regular file' | 'regular empty file') ;;
    *) fail "$file is a $kind, which PostgreSQL does not make: look at it, and remove it by hand if no PostgreSQL runs there." ;;
    esac
    places=$(stat -c '%d' -- "$mount_point" "$directory" "$file") || fail "$file cannot be read: see 'dmesg' on $(uname -n)."
    [ "$(printf '%s\n' "$places" | sort -u | wc -l)" = 1 ] ||
      fail "$file lies on another filesystem than $mount_point: unmount what is mounted there, or remove the file by hand if no PostgreSQL runs there."
    if container_lives; then
      echo "$file is left as it is: a process of PMM's container lives on this node" >&2
      continue
    fi
    # This shell's own directory must be in the answer; else it is none.
    where=$(stat -L -c '%d:%i' -- /proc/[0-9]*/cwd 2>/dev/null) || :
    own=$(stat -L -c '%d:%i' -- "/proc/$$/cwd")
    printf '%s\n' "$where" | grep -qx "$own" || fail "it cannot be seen whether a process works in $directory, so $file is not removed: is /proc mounted?"
    if printf '%s\n' "$where" | grep -qx "$(stat -c '%d:%i' -- "$directory")"; then
      fail "$file is of a PostgreSQL that runs: a process on $(uname -n) works in $directory, outside of pmm-server.service. Stop it first (fuser -v $directory)."
    fi
    read -r number <"$file" || :
    rm -f -- "$file" || fail "$file cannot be removed: is $mount_point mounted read-only?"
    echo "removed $file, which a PostgreSQL left that was not stopped (its first line: ${number:-none}): nothing on this node works with it" >&2
  done
}

# Copies the node's certificate to where PMM reads it, where PMM has made that place. One that cannot be used does not keep
# PMM down: PMM goes on with what it has.
install_certificate() {
  place=$mount_point/nginx
  [ -n "${PMM_TLS_CERTIFICATE:-}" ] && [ -d "$place" ] && [ ! -L "$place" ] || return 0
  judged=$(judge_certificate "$PMM_TLS_CERTIFICATE" "$PMM_TLS_KEY" 2>/dev/null)
  case $judged in
  *pair=yes*expired=no*) ;;
  *)
    echo "PMM keeps the certificate that it has: $PMM_TLS_CERTIFICATE with $PMM_TLS_KEY cannot be used ($(echo "$judged" | tr '\n' ' '))" >&2
    return 0
    ;;
  esac
  # All of them or none: a key without its certificate would keep nginx down.
  if stage "$PMM_TLS_KEY" certificate.key 600 && stage "$PMM_TLS_CERTIFICATE" certificate.crt 644 &&
    { [ -z "${PMM_TLS_CA:-}" ] || stage "$PMM_TLS_CA" ca-certs.pem 644; }; then
    for name in certificate.key certificate.crt ca-certs.pem; do
      [ ! -e "$place/$name.new" ] || mv -fT -- "$place/$name.new" "$place/$name" ||
        fail "$place/$name cannot be replaced: is $mount_point mounted read-only?"
    done
  else
    rm -f -- "$place/certificate.key.new" "$place/certificate.crt.new" "$place/ca-certs.pem.new"
    echo "PMM keeps the certificate that it has: $PMM_TLS_CERTIFICATE cannot be copied to $place (is the filesystem full?)" >&2
  fi
}
# stage FILE NAME MODE: a copy beside the file NAME, nothing where that is the same already. No process of PMM lives that
# could change the directory meanwhile.
stage() {
  rm -f -- "$place/$2.new"
  cmp -s -- "$1" "$place/$2" || install -m "$3" -o "${owner%:*}" -g "${owner#*:}" -- "$1" "$place/$2.new"
}

check_owner
remove_stale_pid
install_certificate
umask 077
mkdir -p /run/pmm-ha
sha256sum "$@" >/run/pmm-ha/pmm-server.started
