#!/bin/sh
# The EC2 API of a lab, at an address of its own in the lab's network, under the names by which agents know it.
#
#   cloud-up.sh LAB_DIR MOTO      MOTO: what cloud-tools.sh printed
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
group=$lab_cgroup/cloud
in_lab ip address replace "$api_address/32" dev lo
! populated "$group" || exit 0

cloud=$lab_dir/cloud
umask 077
mkdir -p "$cloud"
# moto's random numbers begin with it: ids stay the same when the API starts anew.
[ -s "$cloud/seed" ] || head -c 32 /dev/urandom | base64 >"$cloud/seed"
[ -e "$cloud/calls.log" ] || : >"$cloud/calls.log"

# The nodes trust this lab's authority and no other machine does.
if [ ! -e "$cloud/server.pem" ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=pmm-ha lab $lab_name" \
		-keyout "$cloud/ca.key" -out "$cloud/ca.pem" 2>"$cloud/openssl.log"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=ec2.$region.amazonaws.com" \
		-keyout "$cloud/server.key" -out "$cloud/server.csr" 2>>"$cloud/openssl.log"
	printf 'subjectAltName=DNS:*.%s.amazonaws.com,DNS:*.amazonaws.com\n' "$region" >"$cloud/names"
	openssl x509 -req -in "$cloud/server.csr" -CA "$cloud/ca.pem" -CAkey "$cloud/ca.key" -CAcreateserial -days 3650 \
		-extfile "$cloud/names" -out "$cloud/server.new" 2>>"$cloud/openssl.log"
	mv "$cloud/server.new" "$cloud/server.pem"
fi

# Of this machine's own AWS settings it sees nothing.
into_cgroup "$group" nsenter --net="/run/netns/$netns" env -i PATH="$PATH" HOME="$cloud" LAB_CGROUP="$lab_cgroup" \
	"$2/bin/python" -u "$(dirname "$0")/ec2-api.py" "$lab_dir" >>"$cloud/log" 2>&1
# Python on a busy machine takes its time.
listening() { in_lab ss --tcp --listening --numeric --no-header src "$api_address" | grep -q :443; }
tries=0
until listening; do
	tries=$((tries + 1))
	if [ "$tries" -gt 600 ] || { [ "$tries" -gt 20 ] && ! populated "$group"; }; then
		tail -n 5 "$cloud/log" >&2
		echo "the EC2 API of lab '$lab_name' does not start; see $cloud/log" >&2
		exit 1
	fi
	sleep 0.05
done
