# What PMM Server is on this node: its files, its image, its container. Reads files rather than asking podman, which
# takes 40 ms a question.
# SHOWN: paths, separated by blanks, to print. SECRET: paths (blanks) whose content must be CONTENT; SECRETS: one line
# `+VALUE` a secret in it. SHARE: directory. PORT. MOUNT_POINT: of the shared filesystem. OWNER: the user's number that PMM
# runs as. PASSWORD_FILE (may be empty): what must hold PASSWORD. CERTIFICATE,
# KEY, AUTHORITIES (may be empty): what pmm/tls names. ENCRYPTION_KEY (may be empty): a file. data-owner.sh and certificate.sh stand before this.
# shellcheck shell=sh disable=SC2154,SC2086
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

# COMMAND...: what touches the share. Who waits for a server that is gone may not even die of SIGKILL (a filesystem of
# FUSE holds it), so it must not hold our output either: it writes to a shell between, which does die.
# shellcheck disable=SC2016 # the inner shell expands
quick() { timeout -s KILL 3 sh -c 'x=$("$@" </dev/null 2>&1; s=$?; echo .; exit $s); s=$?; printf %s "${x%.}"; exit $s' quick "$@"; }
# COMMAND FILE, by `quick` where the file lies on the share; not at all once that is known not to answer.
sees=no
on() {
  for file in "$@"; do :; done
  case $file in
  "$SHARE" | "$SHARE"/*)
    [ "$sees" != down ] || return 1
    quick "$@"
    set -- $?
    [ "$1" != 137 ] || sees=down
    return "$1"
    ;;
  *) "$@" ;;
  esac
}

section node
[ -x /usr/bin/podman ] && echo podman=yes
[ -x /usr/bin/curl ] && echo curl=yes
[ -e /sys/fs/selinux/enforce ] && echo selinux=yes
kind=$(quick stat -L -c %F -- "$SHARE")
status=$?
if [ "$status" = 0 ] && [ "$kind" = directory ]; then
  sees=yes
  # What NFS knows of a file may be a minute old; how full the filesystem is, only its server can say.
  quick stat -f -c %T -- "$SHARE" >/dev/null || sees=down
fi
case $status in
0) ;;
137) sees=down ;;
*) case $kind in *'No such file'*) ;; *) sees=down ;; esac ;;
esac
echo "share=$sees"
[ -e /var/lib/pmm-ha/pmm-restart ] && echo restart=interrupted

section modes
for path in $SHOWN $SECRET; do on stat -L -c '%a %n' "$path" 2>/dev/null; done
for path in $SHOWN; do
  on test -f "$path" || continue
  section "file $path"
  # The added newline ends the section; the file's own last one stays part of it.
  on cat "$path"
  echo
done

section secret
for path in $SECRET; do
  state=different
  if ! on test -e "$path"; then
    state=absent
  elif printf '%s' "$SECRETS" | grep -qx '+'; then
    state=unknown
  elif [ "$(on cat "$path" && echo .)" = "$CONTENT." ]; then
    state=same
  fi
  echo "$state $path"
done

if [ -n "${PASSWORD_FILE:-}" ]; then
  state=different
  if [ ! -e "$PASSWORD_FILE" ]; then
    state=absent
  elif [ -z "$PASSWORD" ]; then
    state=unknown
  elif [ "$(cat "$PASSWORD_FILE")" = "$PASSWORD" ]; then
    state=same
  fi
  echo "$state $PASSWORD_FILE"
fi

section unit
alive=no
if [ -d /run/systemd/system ]; then
  timeout 5 systemctl show --property=ActiveState,UnitFileState,NeedDaemonReload pmm-server.service 2>/dev/null
  for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    group=$group/system.slice/pmm-server.service
    if grep -qsx 'populated 1' "$group/cgroup.events" || { [ ! -e "$group/cgroup.events" ] && grep -qs . "$group/cgroup.procs"; }; then
      alive=yes
    fi
  done
fi
echo "Alive=$alive"
# What the resource agent has found: 'default' or 'changed'.
[ ! -r /run/pmm-ha/pmm-login ] || printf 'Login=%s\n' "$(cat /run/pmm-ha/pmm-login)"
if [ -r /run/pmm-ha/pmm-server.started ]; then
  if sha256sum --check --status /run/pmm-ha/pmm-server.started 2>/dev/null; then
    echo Settings=same
  else
    echo Settings=different
  fi
fi

section volume
# Where PMM's data lies: what the running container has as its /srv; else what a unit says that is not of this tool.
root=$(sed -n 's/^[[:space:]]*graphroot[[:space:]]*=[[:space:]]*"\(.*\)".*/\1/p' \
  /usr/share/containers/storage.conf /etc/containers/storage.conf 2>/dev/null | tail -n 1)
root=${root:-/var/lib/containers/storage}
volume=
if [ "$alive" = yes ]; then
  volume=$(cat "$root"/*-containers/*/userdata/config.json 2>/dev/null | tr '{' '\n' | grep '"destination": *"/srv"' |
    sed -n 's/.*"source": *"\([^"]*\)".*/\1/p' | tail -n 1)
fi
for file in /etc/systemd/system /run/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
  file=$file/pmm-server.service
  [ -f "$file" ] || continue
  if [ -z "$volume" ] && ! grep -q '^# Written by pmm-ha' "$file"; then
    volume=$(sed -n 's/^Environment="\{0,1\}PMM_VOLUME_PATH=\([^"]*\)"\{0,1\}$/\1/p' "$file" | tail -n 1)
    optional=$(sed -n 's/^EnvironmentFile=-\{0,1\}\(.*\)$/\1/p' "$file" | tail -n 1)
    other=$(timeout -s KILL 5 sed -n 's/^PMM_VOLUME_PATH=//p' "$optional" 2>/dev/null | tail -n 1)
    volume=${other:-$volume}
    # As podman-run(1) lets it be written; one option a line.
    [ -n "$volume" ] || volume=$(tr ' ' '\n' <"$file" | sed -nE 's@.*[,=](src|source)=(/[^,]*),(.*,)?(dst|destination|target)=/srv/?(,.*)?$@\2@p
      s@.*[,=](dst|destination|target)=/srv/?,(.*,)?(src|source)=(/[^,]*).*$@\4@p
      s@^(-v=?|--volume=)?(/[^:]*):/srv/?(:.*)?$@\2@p' | tail -n 1)
  fi
  break
done
entries() { find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found 2>/dev/null | head -n 100 | wc -l; }
if [ -n "$volume" ]; then
  echo "path=${volume%/}"
  echo "entries=$(entries "$volume")"
fi
if awk -v place="$MOUNT_POINT" '$5 == place { found = 1 } END { exit !found }' /proc/self/mountinfo; then
  if [ -e "$MOUNT_POINT/.pmm-ha-copying" ]; then echo shared=0; else echo "shared=$(entries "$MOUNT_POINT")"; fi
  section data
  timeout -s KILL 5 stat -c 'root=%u:%g %a' -- "$MOUNT_POINT"
  if first=$(refused "$MOUNT_POINT" "$OWNER" 2>/dev/null); then echo "refused=$first"; fi
fi

if [ -n "${CERTIFICATE:-}" ]; then
  section tls
  judge_certificate "$CERTIFICATE" "$KEY" 2>/dev/null
  set -- "$CERTIFICATE" "$KEY"
  [ -z "$AUTHORITIES" ] || set -- "$@" "$AUTHORITIES"
  if sums=$(timeout 5 cat -- "$@" 2>/dev/null | sha256sum) && timeout 5 cat -- "$@" >/dev/null 2>&1; then echo "sum=${sums%% *}"; fi
  if [ -d "$MOUNT_POINT/nginx" ]; then
    if cmp -s -- "$CERTIFICATE" "$MOUNT_POINT/nginx/certificate.crt" && cmp -s -- "$KEY" "$MOUNT_POINT/nginx/certificate.key" &&
      { [ -z "$AUTHORITIES" ] || cmp -s -- "$AUTHORITIES" "$MOUNT_POINT/nginx/ca-certs.pem"; }; then
      echo installed=yes
    else
      echo installed=no
    fi
  fi
fi

if [ -n "${ENCRYPTION_KEY:-}" ]; then
  section key
  timeout 5 stat -L -c 'file=%u:%g %a' -- "$ENCRYPTION_KEY" 2>/dev/null
  if sums=$(timeout 5 sha256sum -- "$ENCRYPTION_KEY" 2>/dev/null); then echo "sum=${sums%% *}"; fi
fi

section parts
if [ "$alive" = yes ]; then pmm_parts; fi

section port
# Who listens where PMM will be published; only its own container may.
if [ "$alive" = no ]; then ss -Hltnp "sport = :$PORT" 2>/dev/null; fi

section users
# The user that each image runs as: ID and USER, from the image's configuration, which podman keeps in a file named by
# base64 (4.3 to 5.x).
for directory in "$root"/*-images/*/; do
  id=${directory%/}
  id=${id##*/}
  file=$directory=$(printf 'sha256:%s' "$id" | base64 -w 0)
  [ -r "$file" ] || continue
  user=$(grep -o '"config":{[^{}]*' "$file" | grep -o '"User":"[^"]*"' | head -n 1)
  user=${user#\"User\":\"}
  echo "$id ${user%\"}"
done

section images
cat "$root"/*-images/images.json 2>/dev/null
echo
for file in "$root"/*-containers/containers.json "$root"/*-containers/volatile-containers.json; do
  [ -f "$file" ] || continue
  section "containers ${file##*/}"
  cat "$file"
  echo
done
