#!/bin/sh
# A node's BMC: OpenIPMI's simulator, speaking real IPMI over LAN in the lab's network.
#
#   bmc-up.sh LAB_DIR NODE
#
# It has power of its own: it runs on when its node is off. Its chassis control
# is bmc-chassis.sh. The password is made once, in a file only root reads.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
group=$lab_cgroup/bmc-$node
! populated "$group" || exit 0

bmc=$node_dir/bmc
mkdir -p "$bmc/state"
umask 077
# 16 characters are the most that IPMI 1.5 takes.
[ -s "$bmc/password" ] || head -c 32 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' | cut -c1-16 >"$bmc/password"
# bmc-fault.sh makes it take another one.
password=$bmc/password
[ ! -s "$password.other" ] || password=$password.other

cat >"$bmc/lan.conf" <<-CONF
	name "$node"
	set_working_mc 0x20
	startlan 1
	  addr $bmc_address 623
	  priv_limit admin
	  allowed_auths_callback none md2 md5 straight
	  allowed_auths_user none md2 md5 straight
	  allowed_auths_operator none md2 md5 straight
	  allowed_auths_admin none md2 md5 straight
	  guid $(tr -d '\n' <"$node_dir/disk/etc/machine-id")
	endlan
	chassis_control "$bmc/chassis"
	user 1 false "" "" user 10 none md2 md5 straight
	user 2 true "admin" "$(cat "$password")" admin 10 none md2 md5 straight
CONF
cat >"$bmc/sim.emu" <<-EMU
	mc_setbmc 0x20
	mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
	mc_enable 0x20
EMU
cat >"$bmc/chassis" <<-SCRIPT
	#!/bin/sh
	exec sh '$(dirname "$0")/bmc-chassis.sh' '$lab_dir' '$node' "\$@"
SCRIPT
chmod 700 "$bmc/chassis"

into_cgroup "$group" nsenter --net="/run/netns/$netns" \
	ipmi_sim -n -c "$bmc/lan.conf" -f "$bmc/sim.emu" -s "$bmc/state" >>"$bmc/log" 2>&1
listening() { in_lab ss --udp --listening --numeric --no-header src "$bmc_address" | grep -q :623; }
becomes_true "the BMC of $node does not listen on $bmc_address:623; see $bmc/log" listening
