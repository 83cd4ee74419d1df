#!/bin/sh
# Makes of a node root what a virtual machine starts: a disk image, a kernel and an initrd.
#
#   vm-image.sh ROOT DIRECTORY KERNEL_PACKAGE
#
# mmdebstrap's customize hook, before node-setup.sh takes the package lists away. The kernel's package is unpacked
# and not installed: an initrd of Debian's would be made for nothing. The kernel is
# taken out of its compressed shell, which emulation is slow at.
set -eu
root=$1
directory=$2
package=$3
here=$(dirname "$0")

mkdir "$directory/kernel"
cd "$directory/kernel"
real=$(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache depends --important "$package" | awk '/Depends: linux-image-/ { print $2; exit }')
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -o APT::Sandbox::User=root download "${real:-$package}" >&2
dpkg-deb --extract ./*.deb .
release=$(ls lib/modules)
cp -a lib/modules "$root/usr/lib/"
depmod --basedir "$root" "$release"

# The Linux/x86 boot protocol, 2.08 and newer: where in the file the packed kernel
# lies, and how long it is; its last 4 bytes are the unpacked length.
number() { od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }
bz=boot/vmlinuz-$release
start=$((($(number "$bz" 497 1) + 1) * 512 + $(number "$bz" 584 4)))
length=$(($(number "$bz" 588 4) - 4))
tail -c +$((start + 1)) "$bz" | head -c "$length" >packed
case $(od -An -v -t x1 -N 4 packed | tr -d ' ') in
02214c18) lz4 -dc packed >"$directory/vmlinux" ;;
fd377a58) xz -dc --single-stream packed >"$directory/vmlinux" ;;
28b52ffd) zstd -dcq packed >"$directory/vmlinux" ;;
1f8b*) gzip -dc packed >"$directory/vmlinux" ;;
*)
	echo "$real is packed in a way that is not known here" >&2
	exit 1
	;;
esac

# The initrd: busybox and the modules of disks and cards, in the order in which they load.
mkdir -p initrd/bin initrd/modules
cp "$root/bin/busybox" initrd/bin/busybox
cp "$here/vm-init.sh" initrd/init
chmod 755 initrd/init
count=100
for module in virtio_pci virtio_blk virtio_net virtio_rng ext4; do
	chroot "$root" modprobe --set-version "$release" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
	count=$((count + 1))
	cp "$root$file" "initrd/modules/$count-${file##*/}"
done
(cd initrd && find . | sort | cpio --quiet --create --format=newc --owner=0:0) >"$directory/initrd"
cd "$directory"
rm -rf kernel
