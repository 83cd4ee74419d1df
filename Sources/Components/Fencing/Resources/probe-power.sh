# After ask-device.sh. What fencing devices say of their node's power, each asked at once. Only asks.
# DEVICES: a line `ID AGENT PLUG PLUG_NAMES...` each. ALL_PARAMETERS: lines `ID name=value`.
# Prints `ID on`, `ID off` or `ID unknown WHY`.
# shellcheck shell=sh disable=SC2034,SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
ask() {
  if ! command -v "$AGENT" >/dev/null; then
    echo "$id unknown $AGENT is not installed here"
    return
  fi
  PARAMETERS=$(printf '%s\n' "$ALL_PARAMETERS" | sed -n "s/^$id //p")
  read_agent 8
  if [ "$action" != status ]; then
    echo "$id unknown $AGENT has no action 'status'"
    return
  fi
  ask_device 18
  # As fence-agents' library ends: 0 on, 2 off, 1 an error. Other programs end with 2 as well, for a wrong argument or a file
  # that they cannot open: the agent's own words must say it, too.
  case $status in
  0)
    echo "$id on"
    return
    ;;
  2)
    if printf '%s\n' "$output" | grep -qix 'status: off'; then
      echo "$id off"
      return
    fi
    ;;
  esac
  why=$(device_errors | tail -n 1)
  [ -n "$why" ] || why=$(printf '%s\n' "$output" | grep -v -i -e warning -e '^ *from ' | tail -n 1 | cut -c 1-200)
  echo "$id unknown $AGENT ended with $status: ${why:-it said nothing}"
}
while read -r id AGENT PLUG PLUG_NAMES; do
  [ -n "$id" ] || continue
  ask &
done <<DEVICES
$DEVICES
DEVICES
wait
exit 0
