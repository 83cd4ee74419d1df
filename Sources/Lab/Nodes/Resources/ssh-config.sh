#!/bin/sh
# Writes LAB_DIR/ssh_config and LAB_DIR/known_hosts: how to reach the nodes by name.
#
#   ssh-config.sh LAB_DIR
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
# A container that is silent for that long is gone; an emulated machine may be busy.
connect=10 interval=3 count=5
[ "$accelerator" != tcg ] || connect=60 interval=15 count=8

: >"$lab_dir/known_hosts.new"
{
	for name in $lab_nodes; do
		read_node "$name"
		echo "Host $node $address0"
		echo "  HostName $address0"
		echo "  HostKeyAlias $node"
		key=$(cut -d' ' -f1,2 "$node_dir/disk/etc/ssh/ssh_host_ed25519_key.pub")
		echo "$node $key" >>"$lab_dir/known_hosts.new"
	done
	cat <<-CONF
		Host *
		  User root
		  IdentityFile $lab_dir/ssh_key
		  IdentitiesOnly yes
		  UserKnownHostsFile $lab_dir/known_hosts
		  GlobalKnownHostsFile none
		  StrictHostKeyChecking yes
		  UpdateHostKeys no
		  ProxyCommand sh '$(dirname "$0")/door.sh' '$lab_dir' %h %p
		  ConnectTimeout $connect
		  ServerAliveInterval $interval
		  ServerAliveCountMax $count
		  ControlMaster auto
		  ControlPath $lab_dir/ssh/%C
		  ControlPersist 60
		  LogLevel ERROR
	CONF
} >"$lab_dir/ssh_config.new"
mv "$lab_dir/known_hosts.new" "$lab_dir/known_hosts"
mv "$lab_dir/ssh_config.new" "$lab_dir/ssh_config"
