# What fencing devices say of their node's power. Only asks.
# DEVICES: a line `ID AGENT` each. PARAMETERS: lines `ID name=value`. Prints `ID on`, `ID off` or `ID unknown WHY`.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
printf '%s\n' "$DEVICES" | while read -r id agent; do
  [ -n "$id" ] || continue
  if ! command -v "$agent" >/dev/null; then
    echo "$id unknown $agent is not installed here"
    continue
  fi
  said=$({ printf '%s\n' "$PARAMETERS" | sed -n "s/^$id //p"; echo action=status; } | timeout -k 2 30 "$agent" 2>&1)
  # As fence-agents' library ends: 0 on, 2 off, 1 an error.
  case $? in
  0) echo "$id on" ;;
  2) echo "$id off" ;;
  *) echo "$id unknown $(printf '%s\n' "$said" | grep -v -i -e warning -e '^ *from ' | tail -n 1 | cut -c 1-200)" ;;
  esac
done
exit 0
