# Asks a fencing device for its node's power as Pacemaker would; shared by the test of a device and the question whether a
# lost node is off. AGENT; PARAMETERS: a line `name=value` each; PLUG: what the device calls the node; PLUG_NAMES: by which
# parameter it is told, the first that the agent knows.
# shellcheck shell=sh disable=SC2034,SC2154

# What the agent says of itself, in `metadata`; the names of its parameters, in `names`; what to ask it for, in `action`.
read_agent() {
  metadata=$(timeout -k 2 "$1" "$AGENT" -o metadata 2>/dev/null </dev/null)
  names=$(printf '%s\n' "$metadata" | sed -n 's/.*<parameter name="\([^"]*\)".*/\1/p')
  action=monitor
  # fence_ipmilan and its like know `status`, which asks for the node's own plug; storage agents do not all.
  case $metadata in *'<action name="status"'*) action=status ;; esac
}

# Asks; at most $1 seconds. What the agent prints is in `output`, how it ends in `status`.
ask_device() {
  # As Pacemaker does: a device that knows more than one machine is told which.
  for key in $PLUG_NAMES; do
    printf '%s\n' "$names" | grep -qx "$key" || continue
    printf '%s\n' "$PARAMETERS" | grep -qE '^(plug|port)=' || PARAMETERS="$PARAMETERS
$key=$PLUG"
    break
  done
  output=$(printf '%s\naction=%s\nverbose=1\nverbose_level=2\n' "$PARAMETERS" "$action" | timeout -k 2 "$1" "$AGENT" 2>&1)
  status=$?
}

# The lines of `output` that tell what went wrong.
device_errors() {
  printf '%s\n' "$output" | grep -iE 'error|fail|rakp|unable|denied|invalid|timed out|refused|unreachable' | grep -v Executing |
    sed 's/^[0-9-]* [0-9:,]* //' | cut -c 1-300
}
