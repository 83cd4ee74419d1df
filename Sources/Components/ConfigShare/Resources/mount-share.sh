# Mounts the share by its units UNIT.mount and UNIT.automount, now and after every boot, in place of whatever share is
# mounted at SHARE. TYPES: what the kernel may call it, separated by blanks. SOURCE: what it is, for people.
# shellcheck shell=sh disable=SC2154
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

# The type of what is mounted at SHARE, from the kernel's table: nobody has to touch it for that.
mounted() {
  type=
  while read -r _ _ _ _ place rest; do
    [ "$place" = "$SHARE" ] || continue
    rest=${rest#*- }
    [ "${rest%% *}" = autofs ] || type=${rest%% *}
  done </proc/self/mountinfo
  [ -n "$type" ]
}

# Units are read once, here: each time takes systemd 0.1 to 0.5 s, and ten of an emulated node's.
systemctl daemon-reload
# Of an old share's mount, dead or alive: it leaves the tree at once.
timeout 40 systemctl stop "$UNIT.automount" "$UNIT.mount" 2>/dev/null
tries=0
while mounted && [ "$tries" -lt 5 ]; do
  timeout -s KILL 10 umount -c -l "$SHARE" 2>/dev/null
  tries=$((tries + 1))
done
systemctl reset-failed "$UNIT.mount" 2>/dev/null
# In a container there may be no automounts.
if [ "$(systemctl show --property=CanStart --value "$UNIT.automount")" = yes ]; then
  systemctl -q --no-reload disable "$UNIT.mount" 2>/dev/null
  systemctl -q --no-reload enable "$UNIT.automount" && timeout 40 systemctl start "$UNIT.automount"
else
  systemctl -q --no-reload disable "$UNIT.automount" 2>/dev/null
  systemctl -q --no-reload enable "$UNIT.mount"
fi
# Other nodes and servers may come up at this moment.
tries=0
while :; do
  timeout -s KILL 40 systemctl start "$UNIT.mount" 2>/dev/null
  if mounted; then
    case " $TYPES " in *" $type "*) exit 0 ;; esac
    break
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 6 ] || break
  sleep 2
done
timeout 10 journalctl --no-pager --quiet --output=cat --lines=6 --unit="$UNIT.mount" 2>/dev/null | grep -v 'systemd\[1\]' >&2
echo "$SOURCE cannot be mounted on $SHARE: does its server answer from here, and does it let this node in? See 'systemctl status $UNIT.mount', then apply again." >&2
exit 1
