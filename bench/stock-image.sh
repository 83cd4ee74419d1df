#!/bin/sh
# Makes a Debian as its installer leaves it, with the cluster's packages: its own kernel and initrd, every service that
# they bring, the address by DHCP. What the lab's virtual nodes are compared with.
#
#   stock-image.sh DIRECTORY KEY.pub      leaves root.img, vmlinuz, initrd.img there
set -eu
directory=$1
key=$2
lab=$(dirname "$0")/../Sources/Lab/Images/Resources
[ ! -e "$directory/complete" ] || exit 0
rm -rf "$directory"
mkdir -p "$directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$lab/apt-sources.sh" >"$work/sources.list"
sh "$lab/apt-options.sh" >"$work/apt.conf"

# shellcheck source=/dev/null
. /etc/os-release
packages=linux-image-amd64,initramfs-tools,openssh-server,ifupdown,isc-dhcp-client,sudo,lvm2,chrony
packages=$packages,pacemaker,corosync,pcs,resource-agents,fence-agents,podman,sbd,nfs-common,open-iscsi,multipath-tools
export key
# shellcheck disable=SC2016 # mmdebstrap's hook expands
mmdebstrap --quiet --variant=important --mode=root --include="$packages" \
	--aptopt="$work/apt.conf" --dpkgopt='force-unsafe-io' \
	--customize-hook='mkdir -p "$1/root/.ssh" && cp "$key" "$1/root/.ssh/authorized_keys"' \
	--customize-hook='printf "auto eth0\niface eth0 inet dhcp\n" >"$1/etc/network/interfaces"' \
	--customize-hook='echo "/dev/vda / ext4 errors=remount-ro 0 1" >"$1/etc/fstab"' \
	"${VERSION_CODENAME:?}" "$work/root" "$work/sources.list" </dev/null >"$work/log" 2>&1 || {
	tail -n 30 "$work/log" >&2
	exit 1
}
cp "$work"/root/boot/vmlinuz-* "$directory/vmlinuz"
cp "$work"/root/boot/initrd.img-* "$directory/initrd.img"
mkfs.ext4 -q -L stock-root -d "$work/root" "$directory/root.img" 8G
: >"$directory/complete"
