# After ask-device.sh. Asks a fencing device for its node's power state, as Pacemaker would: with a device that was never
# asked, the first crash is the test. Notes the outcome for status, and the agent's parameters for the survey.
# ID, AGENT, NODE. PARAMETERS: a line `name=value` each. PLUG: what the device calls the node. PLUG_NAMES: by which
# parameter it is told, the first that the agent knows. FINGERPRINT: tells this configuration from others. How long the
# answer took is noted, too, in milliseconds: see FencingRace.swift.
# shellcheck shell=sh disable=SC2154
set -u
export PATH="$PATH:/usr/sbin:/sbin"
record=/var/lib/pmm-ha/fencing/$ID.tested
mkdir -p /var/lib/pmm-ha/fencing
note() {
  printf 'result=%s\ntime=%s\n%sfingerprint=%s\n' "$1" "$(date +%s)" "${took:-}" "$FINGERPRINT" >"$record.new"
  mv "$record.new" "$record"
}
fail() {
  note failed
  echo "$*" >&2
  exit 1
}
command -v "$AGENT" >/dev/null || fail "the fence agent $AGENT is not installed on this node: install the package that holds /usr/sbin/$AGENT"
read_agent 20
if [ -n "$names" ]; then
  printf '%s\n' "$names" >"/var/lib/pmm-ha/fencing/$AGENT.parameters.new"
  mv "/var/lib/pmm-ha/fencing/$AGENT.parameters.new" "/var/lib/pmm-ha/fencing/$AGENT.parameters"
fi
# The password comes from a file that apply writes.
helper=$(printf '%s\n' "$PARAMETERS" | sed -n 's/^\(ipmitool_path\|password_script\)=//p' | head -n 1)
case $helper in
/etc/pmm-ha/*) [ -e "$helper.password" ] || fail "$ID has no password on $(uname -n) yet: run 'pmm-ha apply', which writes it." ;;
esac
asked=$(date +%s%3N)
ask_device 40
took="took=$(($(date +%s%3N) - asked))
"
case $status in
0)
  note passed
  exit 0
  ;;
2)
  if [ "$action" = status ]; then
    case $AGENT in
    fence_sbd) fail "$ID says that $NODE is off: its slot holds an order to stop, so sbd does not run there. Start the cluster on $NODE." ;;
    fence_scsi | fence_mpath) fail "$ID says that $NODE has no key on the disk: it has no access. See 'pcs stonith history' and the cluster on $NODE." ;;
    esac
    fail "$ID says that $NODE is off, but $NODE runs: its address (or plug) is another machine's. Correct it in the spec under fencing."
  fi
  ;;
esac
device_errors | sort -u | head -n 8 >&2
case $output in
*'unauthorized name'* | *'RAKP 2 message indicates an error : unauthorized'*)
  fail "$ID does not know the user. Correct 'user' in the spec under fencing."
  ;;
*'HMAC is invalid'* | *'invalid password'* | *'Unable to connect/login'* | *'RAKP 2 message indicates an error'*)
  fail "$ID refuses the password. Give the right one for this device in the spec under fencing."
  ;;
*'cipher suite'* | *'integrity algorithm'* | *'authentication algorithm'*)
  fail "$ID does not offer this cipher suite. Set another one under fencing/parameters, such as cipher: \"17\"."
  ;;
*'Get Auth Capabilities error'* | *'Unable to establish'*)
  fail "$ID does not answer. Correct its address (and port) in the spec under fencing, or this node's way to its network."
  ;;
*'not found in node list'*)
  fail "$ID has no slot for $NODE: sbd has never run there. Start the cluster on $NODE, then test again."
  ;;
esac
if [ "$status" -ge 124 ]; then
  fail "$ID did not answer within 40 s: is its address right, and does this node reach its network?"
fi
fail "$AGENT failed on $ID with $status: is its address right, does this node reach it, and are user, password and parameters right? By hand: $AGENT -o $action -v with the spec's values."
