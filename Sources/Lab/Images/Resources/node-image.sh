#!/bin/sh
# Builds the root that the lab's nodes share, read-only, and prints its directory,
# which holds root/ and packages/; for virtual machines root.img, vmlinux and initrd
# in place of root/.
#
#   node-image.sh CACHE [full|bare|vm]
#
# The directory's name carries a hash of what it is made by, so a changed recipe
# is another image. It is built aside and renamed when whole: an interrupted
# build leaves a directory that the next one removes. `bare` leaves out what
# pmm-ha installs on a node itself; such nodes install it from packages/.
set -eu
cache=$1
variant=${2:-full}
here=$(dirname "$0")

# A machine that boots and answers ssh, with python3 for Ansible. What an
# administrator has on any server; nothing of the cluster.
base=systemd,systemd-sysv,libpam-systemd,dbus,udev,kmod,iproute2,iputils-ping,iputils-arping
base=$base,openssh-server,sudo,bash,procps,psmisc,e2fsprogs,xfsprogs,lvm2,curl
base=$base,ca-certificates,python3,python3-apt,less

# What the runbook and pmm-ha install. crmsh is for comparing with `crm status`,
# ipmitool because fence-agents only recommends it, iptables for netavark.
cluster=pacemaker,pacemaker-cli-utils,corosync,pcs,crmsh,resource-agents,libxml2-utils,fence-agents,ipmitool
cluster=$cluster,podman,crun,netavark,iptables,chrony,corosync-qdevice,corosync-qnetd
# On EC2 besides: the AWS CLI for the address's agents, boto3 for fence_aws.
cloud=awscli,python3-boto3

# What a machine with a kernel and disks of its own has besides: shared storage of
# every kind as a client, and as a server, for a third node. busybox is its initrd.
virtual=busybox-static,nfs-common,nfs-kernel-server,glusterfs-server,open-iscsi,targetcli-fb,sg3-utils,nvme-cli
virtual=$virtual,multipath-tools,firewalld,parted,gdisk,sbd
# Debian's kernel for virtual machines: the smaller boots faster.
kernel=linux-image-cloud-amd64

packages=$base
[ "$variant" = bare ] || packages=$packages,$cluster
[ "$variant" != full ] || packages=$packages,$cloud
[ "$variant" != vm ] || packages=$packages,$virtual

# shellcheck source=/dev/null
. /etc/os-release
suite=${VERSION_CODENAME:?}
recipe() {
	cat "$here/node-image.sh" "$here/node-setup.sh" "$here/node-cluster.sh" "$here/package-index.sh"
	[ "$variant" != vm ] || cat "$here"/vm-setup.sh "$here"/vm-image.sh "$here"/vm-init.sh
}
key=$({ recipe; echo "$suite"; dpkg --print-architecture; } | sha256sum | cut -c1-12)
image=$cache/images/node-$variant-$key

mkdir -p "$cache/images"
if [ -d "$image" ]; then
	echo "$image"
	exit 0
fi
full=
[ "$variant" != bare ] || full=$(sh "$0" "$cache" full)

# One build at a time; who waited finds it done.
exec 9>"$cache/images/.lock"
flock 9
if [ -d "$image" ]; then
	echo "$image"
	exit 0
fi

sh "$here/remove-stale.sh" "$cache/images/.node-$variant-"
work=$(mktemp -d "$cache/images/.node-$variant-XXXXXX")
trap 'sh "$here/remove-stale.sh" "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$work/image"

sh "$here/apt-sources.sh" >"$work/sources.list"
sh "$here/apt-options.sh" >"$work/apt.conf"
log=$work/build.log

# What mmdebstrap does at the end, with the root's directory in $1.
setup="sh '$here/node-setup.sh' \"\$1\" $variant '$work/image/packages'"
if [ "$variant" = vm ]; then
	setup="sh '$here/vm-image.sh' \"\$1\" '$work/image' $kernel && $setup && sh '$here/vm-setup.sh' \"\$1\""
fi

# --variant=minbase keeps it small; recommends stay out as packages are named.
# unsafe-io: an unfinished image is thrown away anyway.
if ! mmdebstrap --quiet --variant=minbase --mode=root \
	--include="$packages" \
	--aptopt="$work/apt.conf" \
	--dpkgopt='force-unsafe-io' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/info/*' \
	--skip=cleanup/apt/cache \
	--customize-hook="$setup" \
	"$suite" "$work/image/root" "$work/sources.list" </dev/null >"$log" 2>&1; then
	tail -n 30 "$log" >&2
	cp "$log" "$cache/images/node-$variant-failed.log"
	echo "the node image could not be built; the whole log: $cache/images/node-$variant-failed.log" >&2
	exit 1
fi
if [ "$variant" = vm ]; then
	# Sparse: what nodes write goes to their overlays.
	mkfs.ext4 -q -L lab-root -d "$work/image/root" "$work/image/root.img" 8G >/dev/null
	rm -rf --one-file-system "$work/image/root"
fi
[ -z "$full" ] || ln -s "../${full##*/}/packages" "$work/image/packages"
mv "$work/image" "$image"
echo "$image"
