#!/bin/sh
# Installs what the lab needs on this machine and does not find, through apt-get.
#
#   host-packages.sh [--check] [vm] [cloud]
#
# `vm`: also what virtual machines need; `cloud`: what an EC2 API needs. Says which packages it installs and for what.
# `--check` installs nothing: it prints the missing packages and exits 1 when there are any.
set -eu

# One line a tool: the command that is looked for, the package that has it.
needed() {
	cat <<-'LIST'
		mmdebstrap mmdebstrap
		systemd-nspawn systemd-container
		ip iproute2
		ipmi_sim openipmi
		ipmitool ipmitool
		socat socat
		nsenter util-linux
		losetup mount
		mkfs.ext4 e2fsprogs
		ssh openssh-client
		python3 python3-minimal
		curl curl
		zstd zstd
	LIST
	[ "$cloud" = no ] || echo "openssl openssl"
	[ "$vm" = no ] || cat <<-'LIST'
		qemu-system-x86_64 qemu-system-x86
		qemu-img qemu-utils
		ganesha.nfsd nfs-ganesha-vfs
		cpio cpio
		depmod kmod
		lz4 lz4
		xz xz-utils
	LIST
}

check=no vm=no cloud=no
for word in "$@"; do
	case $word in
	--check) check=yes ;;
	vm) vm=yes ;;
	cloud) cloud=yes ;;
	esac
done

PATH=$PATH:/usr/sbin:/sbin
missing=$(needed | while read -r command package; do
	command -v "$command" >/dev/null 2>&1 || echo "$package"
done | sort -u | paste -sd ' ' -)

[ -n "$missing" ] || exit 0
if [ "$check" = yes ]; then
	echo "$missing"
	exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
	echo "the lab needs these Debian packages and this machine has no apt-get: $missing" >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "the lab needs these packages; install them as root: apt-get install $missing" >&2
	exit 1
fi

echo "installing for the lab: $missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive

# What is installed is used by the lab alone: none of it shall start a daemon
# on this machine. invoke-rc.d asks policy-rc.d; one that is there stays.
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
	trap 'rm -f "$log" "$guard"' EXIT
	trap 'exit 130' INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$guard"
	chmod 755 "$guard"
fi

# shellcheck disable=SC2086 # a list of package names
install() { apt-get install --yes --no-install-recommends $missing >"$log" 2>&1; }
# A fresh machine has no package lists, one long unused has stale ones.
if ! install; then
	apt-get update >>"$log" 2>&1 || true
	if ! install; then
		tail -n 20 "$log" >&2
		echo "apt-get could not install: $missing" >&2
		exit 1
	fi
fi
