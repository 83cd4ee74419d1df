# What of the fencing devices is on this node. Asks no device: that is a test's business.
# DEVICES: a line `ID AGENT` each. PASSWORDS: a line `ID PASSWORD` each; the password is empty where it is not known.
# WATCHDOG: SBD's, empty without SBD; SBD_DISK: its disk, empty without one. RESERVED: disks that are fenced by
# reservations, separated by blanks.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
directory=/etc/pmm-ha/fencing
records=/var/lib/pmm-ha/fencing
# Of one look at a disk (last-looks.sh).
export LOOK_LIMIT=5
[ -x /usr/bin/ipmitool ] && echo ipmitool=yes
printf '%s\n' "$DEVICES" | while read -r id agent; do
  [ -n "$id" ] || continue
  section "device $id"
  [ -x "/usr/sbin/$agent" ] && echo agent=yes
  file=$directory/$id.password
  password=$(printf '%s\n' "$PASSWORDS" | sed -n "s/^$id //p")
  state=different
  if [ ! -e "$file" ]; then
    state=absent
  elif [ -z "$password" ]; then
    state=unknown
  elif [ "$(cat "$file")" = "$password" ]; then
    state=same
  fi
  echo "password=$state"
  stat -c 'mode=%a %n' "$file" "$directory/$id" 2>/dev/null
  record=$records/$id.tested
  if [ -r "$record" ]; then
    cat "$record"
    # What it was tested with has been written anew since.
    if [ -n "$(find "$file" "$directory/$id" -newer "$record" 2>/dev/null)" ]; then echo stale=yes; fi
  fi
  if [ -f "$directory/$id" ]; then
    section "script $id"
    cat "$directory/$id"
    echo
  fi
done
# The agents' own parameters, as a test has noted them: to ask an agent takes a fifth of a second.
printf '%s\n' "$DEVICES" | cut -d ' ' -f 2 | sort -u | while read -r agent; do
  [ -n "$agent" ] || continue
  [ -x "/usr/sbin/$agent" ] || continue
  section "agent $agent"
  if [ -n "$(find "$records/$agent.parameters" -newer "/usr/sbin/$agent" 2>/dev/null)" ]; then
    cat "$records/$agent.parameters"
  else
    timeout 5 "/usr/sbin/$agent" -o metadata 2>/dev/null </dev/null | sed -n 's/.*<parameter name="\([^"]*\)".*/\1/p'
  fi
done

# A disk by its path: what it is, and what stands at its beginning.
look_at() {
  real=$(readlink -f -- "$1")
  if [ ! -e "$real" ]; then
    echo kind=absent
    return
  elif [ ! -b "$real" ]; then
    echo kind=other
    return
  fi
  echo kind=block
  echo "size=$(timeout 5 blockdev --getsize64 "$real" 2>/dev/null)"
  # From the disk itself: another node may have written it since it was read here.
  echo "header=$(timeout 5 dd if="$real" iflag=direct bs=4096 count=1 2>/dev/null | head -c 49 | od -A n -v -t x1 | tr -d ' \n')"
  echo "real=$real"
  # What the last look before `sbd create` compares. A look that failed is no blank disk.
  if found=$(signatures "$real" 2>&1); then
    [ -z "$found" ] || printf '%s\n' "$found" | tr '+' '\n' | sed 's/^/signature /'
  else
    echo "unreadable=$(printf '%s' "$found" | tail -n 1)"
  fi
  if places=$(mounted "$real" 2>&1); then
    [ -z "$places" ] || printf '%s\n' "$places" | tr ' ' '\n' | sed 's/^/mounted /'
  else
    echo "unreadable=$(printf '%s' "$places" | tail -n 1)"
  fi
}

if [ -n "$WATCHDOG" ]; then
  section sbd
  [ -x /usr/sbin/sbd ] && echo installed=yes
  file=/etc/sysconfig/sbd
  if [ -e /etc/debian_version ]; then file=/etc/default/sbd; fi
  echo "file=$file"
  stat -c 'mode=%a' "$file" 2>/dev/null
  echo "sbd=$(timeout 5 systemctl is-active sbd.service 2>/dev/null)"
  echo "enabled=$(timeout 5 systemctl is-enabled sbd.service 2>/dev/null)"
  echo "cluster=$(timeout 5 systemctl is-active pacemaker.service 2>/dev/null)"
  # It reads its settings when it starts.
  if [ -n "$(find "$file" -newer /run/sbd.pid 2>/dev/null)" ]; then echo stale=yes; fi
  if [ -e "$file" ]; then
    section "sbd file"
    cat "$file"
    echo
  fi
  section watchdog
  [ -c "$WATCHDOG" ] && echo present=yes
  name=${WATCHDOG##*/}
  [ "$name" != watchdog ] || name=watchdog0
  for what in identity state; do
    [ ! -r "/sys/class/watchdog/$name/$what" ] || echo "$what=$(cat "/sys/class/watchdog/$name/$what")"
  done
  if [ -n "$SBD_DISK" ]; then
    section "sbd disk"
    look_at "$SBD_DISK"
  fi
fi
for disk in $RESERVED; do
  section "reservations $disk"
  real=$(readlink -f -- "$disk")
  if [ ! -b "$real" ]; then
    echo kind=absent
    continue
  fi
  name=${real##*/}
  echo "model=$(cat "/sys/block/$name/device/vendor" "/sys/block/$name/device/model" 2>/dev/null | tr -s ' \n' '  ')"
  [ -x /usr/bin/sg_persist ] || continue
  timeout 10 sg_persist --in --report-capabilities "$real" 2>&1 </dev/null
  echo "status=$?"
done
exit 0
