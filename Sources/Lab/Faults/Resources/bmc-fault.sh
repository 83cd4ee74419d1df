#!/bin/sh
# Breaks a node's BMC, or mends it.
#
#   bmc-fault.sh LAB_DIR NODE silent|password|mend
#
# silent: nobody answers at its address. password: it answers, and takes another password than the cluster has.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
if [ "$3" = mend ] && [ ! -e "$node_dir/bmc/password.other" ] && populated "$lab_cgroup/bmc-$node"; then
	exit 0
fi
kill_cgroup "$lab_cgroup/bmc-$node" || {
	echo "the BMC of $node did not end within 5 s; try again" >&2
	exit 1
}
rm -f "$node_dir/bmc/password.other"
case $3 in
silent) exit 0 ;;
password) (umask 077 && head -c 32 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' | cut -c1-16 >"$node_dir/bmc/password.other") ;;
mend) ;;
*)
	echo "bmc-fault.sh: silent, password or mend, not '$3'" >&2
	exit 2
	;;
esac
exec sh "$(dirname "$0")/bmc-up.sh" "$lab_dir" "$node"
