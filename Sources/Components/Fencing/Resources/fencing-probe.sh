# What of the fencing devices is on this node. Asks no device: that is a test's business.
# DEVICES: a line `ID AGENT` each. PASSWORDS: a line `ID PASSWORD` each; the password is empty where it is not known.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C
directory=/etc/pmm-ha/fencing
[ -x /usr/bin/ipmitool ] && echo ipmitool=yes
printf '%s\n' "$DEVICES" | while read -r id agent; do
  [ -n "$id" ] || continue
  printf '== device %s\n' "$id"
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
  record=/var/lib/pmm-ha/fencing/$id.tested
  if [ -r "$record" ]; then
    cat "$record"
    # What it was tested with has been written anew since.
    if [ -n "$(find "$file" "$directory/$id" -newer "$record" 2>/dev/null)" ]; then echo stale=yes; fi
  fi
  if [ -f "$directory/$id" ]; then
    printf '== script %s\n' "$id"
    cat "$directory/$id"
    echo
  fi
done
