# What the lab's scripts share; sourced, with $1 the lab's directory, whose name is the lab's.
# shellcheck shell=sh disable=SC2034
lab_dir=$1
lab_name=${lab_dir##*/}
netns=pmm-ha-lab-$lab_name

# The lab's processes live in control groups of their own, so that all of a
# node's, or all of the lab's, are found and killed at once, whatever they forked.
cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
[ -n "$cgroup2" ] || {
	echo "the lab needs control groups version 2, and none are mounted here: mount -t cgroup2 none /sys/fs/cgroup" >&2
	exit 1
}
lab_cgroup=$cgroup2/pmm-ha-lab-$lab_name
# On a machine with the older hierarchies beside it systemd-nspawn makes the same
# groups in the one named systemd.
cgroup1=$(awk '$3 == "cgroup" && $4 ~ /(^|,)name=systemd(,|$)/ { print $2; exit }' /proc/self/mounts)

# read_lab: what `up` decided about this lab.
read_lab() {
	[ -r "$lab_dir/lab.env" ] || {
		echo "there is no lab '$lab_name': start it with 'pmm-ha lab up --name $lab_name'" >&2
		exit 1
	}
	# shellcheck source=/dev/null
	. "$lab_dir/lab.env"
	lab_driver=${lab_driver:-container} accelerator=${accelerator:-} memory_size=${memory_size:-1024}
	cloud=${cloud:-} region=${region:-} api_address=${api_address:-} volume_serial=${volume_serial:-}
	lab_image=${lab_image:?} lab_nodes=${lab_nodes:?} disk_size=${disk_size:?} virtual_ip=${virtual_ip:?}
}

# read_node NODE: a node's number, addresses and directory.
read_node() {
	node=$1
	node_dir=$lab_dir/nodes/$node
	[ -r "$node_dir/node.env" ] || {
		echo "lab '$lab_name' has no node '$node'; it has: ${lab_nodes:-none}" >&2
		exit 1
	}
	# shellcheck source=/dev/null
	. "$node_dir/node.env"
	index=${index:?} address0=${address0:?} address1=${address1:?} bmc_address=${bmc_address:?}
}

in_lab() { nsenter --net="/run/netns/$netns" "$@"; }

# populated CGROUP: does any process live in it or beneath?
populated() {
	[ -e "$1/cgroup.events" ] && grep -q '^populated 1' "$1/cgroup.events"
}

# kill_cgroup CGROUP: SIGKILL to every process in it and beneath, and waits until
# none is left: 5 s at most, as a process in an uninterruptible wait dies only after it.
kill_cgroup() {
	[ -d "$1" ] || return 0
	if [ -e "$1/cgroup.kill" ]; then
		echo 1 >"$1/cgroup.kill"
	else
		# Kernels before 5.14: one by one, until none is new.
		while populated "$1"; do
			find "$1" -name cgroup.procs -exec cat {} + >"$lab_dir/dying" || break
			while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done <"$lab_dir/dying"
			echo 0 >"$1/cgroup.freeze"
			tries=$((${tries:-0} + 1))
			[ "$tries" -le 100 ] || break
		done
	fi
	tries=0
	while populated "$1"; do
		tries=$((tries + 1))
		[ "$tries" -le 500 ] || return 1
		sleep 0.01
	done
	for branch in "$1" "${cgroup1:-$cgroup2}${1#"$cgroup2"}"; do
		find "$branch" -depth -type d -exec rmdir {} + 2>/dev/null || true
	done
}

# into_cgroup CGROUP COMMAND...: runs COMMAND in it, apart from this terminal and session.
into_cgroup() {
	mkdir -p "$1"
	# shellcheck disable=SC2016 # the inner shell expands
	setsid sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@" </dev/null &
}

# becomes_true WHAT COMMAND...: waits until COMMAND succeeds, 5 s at most.
becomes_true() {
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -le 500 ] || {
			echo "$what" >&2
			return 1
		}
		sleep 0.01
	done
}

# plug_cables: puts the node's network cards into the lab's switches once they are
# there, 5 s at most; for what runs in the lab's network already.
plug_cables() {
	for ring in 0 1; do
		tries=0
		# A cable that was cut is out still, and parted nodes stay parted.
		master="master ring$ring"
		[ ! -e "$node_dir/cut.$ring" ] || master=nomaster
		# shellcheck disable=SC2086 # one word or two
		until ip link set "n${index}r$ring" $master up 2>/dev/null; do
			tries=$((tries + 1))
			[ "$tries" -le 500 ] || {
				echo "node $node has no network card n${index}r$ring" >&2
				return 1
			}
			sleep 0.01
		done
		[ ! -e "$lab_dir/parted" ] || ip link set "n${index}r$ring" type bridge_slave isolated on
	done
}
