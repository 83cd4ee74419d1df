#!/bin/sh
# Makes a node an instance: its metadata service, the shared disk's name as an EBS volume, the API's names and authority.
#
#   cloud-node.sh LAB_DIR NODE
#
# Before its first boot: what is written lies on the node's own disk.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
[ ! -e "$node_dir/instance" ] || exit 0
disk=$node_dir/disk
cloud=$lab_dir/cloud

mkdir -p "$disk/etc/ssl/certs" "$disk/usr/local/share/ca-certificates" "$disk/etc/systemd/system/sysinit.target.wants"
cat "$lab_image/root/etc/ssl/certs/ca-certificates.crt" "$cloud/ca.pem" >"$disk/etc/ssl/certs/ca-certificates.crt"
cp "$cloud/ca.pem" "$disk/usr/local/share/ca-certificates/lab.crt"
cat >"$disk/etc/hosts" <<-HOSTS
	127.0.0.1 localhost
	$api_address ec2.$region.amazonaws.com sts.$region.amazonaws.com sts.amazonaws.com iam.amazonaws.com
HOSTS
chmod 644 "$disk/etc/hosts" "$disk/etc/ssl/certs/ca-certificates.crt" "$disk/usr/local/share/ca-certificates/lab.crt"
chmod -R go+rX "$disk/etc/ssl" "$disk/usr" "$disk/etc/systemd"

# The card's address as EC2 knows it, and the metadata service's.
card=$(sed -n 's/.*"meta-data\/mac": "\([^"]*\)".*/\1/p' "$cloud/$node.json")
{
	echo "link set ring0 address $card"
	echo "address replace 169.254.169.254/32 dev lo"
	cat "$disk/etc/lab/network"
} >"$disk/etc/lab/network.new"
mv "$disk/etc/lab/network.new" "$disk/etc/lab/network"
install -m 600 "$cloud/$node.json" "$disk/etc/lab/metadata.json"
install -m 644 "$(dirname "$0")/metadata.py" "$disk/etc/lab/metadata.py"
cat >"$disk/etc/systemd/system/lab-metadata.service" <<-'UNIT'
	[Unit]
	Description=Instance metadata service of this lab node
	DefaultDependencies=no
	After=lab-network.service
	Requires=lab-network.service
	Before=network-online.target

	[Service]
	ExecStart=/usr/bin/python3 -I /etc/lab/metadata.py /etc/lab/metadata.json

	[Install]
	WantedBy=sysinit.target
UNIT
ln -sf ../lab-metadata.service "$disk/etc/systemd/system/sysinit.target.wants/lab-metadata.service"
: >"$node_dir/instance"
