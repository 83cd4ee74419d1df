# Whether pcs can work on this node: the account hacluster, pcsd, and whom it knows. Reads only; tokens leave the node
# cut short. PASSWORD: what hacluster's shall be; empty where that is not known.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
file=/etc/pmm-ha/hacluster.password

section pcs
if [ -r "$file" ]; then
  echo "mode=$(stat -c %a "$file")"
  if [ -z "$PASSWORD" ]; then
    echo "password=unknown"
  elif [ "$(cat "$file")" = "$PASSWORD" ]; then
    echo "password=same"
  else
    echo "password=different"
  fi
  # The mark that set-password.sh left: over the account's hash and the file, so that a change of either shows.
  mark=$({ getent shadow hacluster | cut -d: -f2; cat "$file"; } | sha256sum)
  if [ "$(cat /var/lib/pmm-ha/hacluster.set 2>/dev/null)" = "$mark" ]; then echo "set=yes"; fi
fi

section unit
if [ -d /run/systemd/system ]; then
  timeout 5 systemctl show --property=LoadState,ActiveState,UnitFileState pcsd.service 2>/dev/null
fi

# Prints standard input with every token cut to its first eight characters: enough to tell tokens apart, too little to
# guess one (pcsd's are random UUIDs). A short one is not shown at all.
redacted() {
  while IFS= read -r line || [ -n "$line" ]; do
    while :; do
      case $line in
      *'"token":'*'"'*'"'*) ;;
      *) break ;;
      esac
      printf '%s"token": "' "${line%%\"token\":*}"
      line=${line#*\"token\":}
      line=${line#*\"}
      token=${line%%\"*}
      case $token in
      ????????????????????????*) printf '%s' "${token%"${token#????????}"}" ;;
      esac
      line=\"${line#*\"}
    done
    printf '%s\n' "$line"
  done
}
section "known hosts"
[ ! -r /var/lib/pcsd/known-hosts ] || redacted </var/lib/pcsd/known-hosts
section tokens
# One more for each time that someone logged in: the latest are enough.
if [ -r /var/lib/pcsd/pcs_users.conf ]; then
  grep -o '"token": *"[^"]*"' /var/lib/pcsd/pcs_users.conf | tail -n 16 | redacted
fi
section end
exit 0
