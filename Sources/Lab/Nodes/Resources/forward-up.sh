#!/bin/sh
# The service on this machine's loopback, for a browser: 127.0.0.1:PORT here is
# port 443 of the virtual IP in the lab.
#
#   forward-up.sh LAB_DIR
#
# Prints the port: 8443, or the next free one; kept in LAB_DIR/forward.port.
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
group=$lab_cgroup/forward
port=$(cat "$lab_dir/forward.port" 2>/dev/null || echo 8443)
if populated "$group"; then
	echo "$port"
	exit 0
fi

taken() { ss --tcp --listening --numeric --no-header "sport = :$1" | grep -q .; }
while taken "$port"; do port=$((port + 1)); done
echo "$port" >"$lab_dir/forward.port"
into_cgroup "$group" socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" \
	"EXEC:nsenter --net=/run/netns/$netns socat STDIO TCP\:$virtual_ip\:443\,connect-timeout=3" \
	>>"$lab_dir/forward.log" 2>&1
echo "$port"
