#!/bin/sh
# ssh's way to a node: its ProxyCommand. In the lab's control group, so that
# connections kept open end with the lab.
#
#   door.sh LAB_DIR ADDRESS PORT
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
# A lab that is down has no group, and gets none by being knocked at.
mkdir "$lab_cgroup/door" 2>/dev/null || true
echo $$ 2>/dev/null >"$lab_cgroup/door/cgroup.procs" || {
	echo "the lab '$lab_name' is down: pmm-ha lab up --name $lab_name" >&2
	exit 1
}
exec nsenter --net="/run/netns/$netns" socat STDIO "TCP:$2:$3,connect-timeout=30,nodelay"
