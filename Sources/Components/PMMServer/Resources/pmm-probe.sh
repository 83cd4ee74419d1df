# What PMM Server is on this node: its files, its image, its container. Reads files rather than asking podman, which
# takes 40 ms a question.
# SHOWN: paths, separated by blanks, to print. SECRET: paths (blanks) whose content must be CONTENT; SECRETS: one line
# `+VALUE` a secret in it. SHARE: directory. PORT.
# shellcheck shell=sh disable=SC2154,SC2086
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

echo "== node"
[ -x /usr/bin/podman ] && echo podman=yes
[ -x /usr/bin/curl ] && echo curl=yes
[ -e /sys/fs/selinux/enforce ] && echo selinux=yes
[ -d "$SHARE" ] && echo share=yes
[ -e /var/lib/pmm-ha/pmm-restart ] && echo restart=interrupted

echo "== modes"
stat -L -c '%a %n' $SHOWN $SECRET 2>/dev/null
for file in $SHOWN; do
  [ -f "$file" ] || continue
  printf '== file %s\n' "$file"
  # The added newline ends the section; the file's own last one stays part of it.
  cat "$file"
  echo
done

echo "== secret"
for file in $SECRET; do
  state=different
  if [ ! -e "$file" ]; then
    state=absent
  elif printf '%s' "$SECRETS" | grep -qx '+'; then
    state=unknown
  elif [ "$(cat "$file" && echo .)" = "$CONTENT." ]; then
    state=same
  fi
  echo "$state $file"
done

echo "== unit"
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
if [ -r /run/pmm-ha/pmm-server.started ]; then
  if sha256sum --check --status /run/pmm-ha/pmm-server.started 2>/dev/null; then
    echo Settings=same
  else
    echo Settings=different
  fi
fi

echo "== port"
# Who listens where PMM will be published; only its own container may.
if [ "$alive" = no ]; then ss -Hltnp "sport = :$PORT" 2>/dev/null; fi

root=$(sed -n 's/^[[:space:]]*graphroot[[:space:]]*=[[:space:]]*"\(.*\)".*/\1/p' \
  /usr/share/containers/storage.conf /etc/containers/storage.conf 2>/dev/null | tail -n 1)
root=${root:-/var/lib/containers/storage}
echo "== images"
cat "$root"/*-images/images.json 2>/dev/null
echo
for file in "$root"/*-containers/containers.json "$root"/*-containers/volatile-containers.json; do
  [ -f "$file" ] || continue
  printf '== containers %s\n' "${file##*/}"
  cat "$file"
  echo
done
