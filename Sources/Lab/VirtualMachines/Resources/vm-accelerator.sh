#!/bin/sh
# Prints what runs virtual nodes on this machine: kvm, where a guest really starts
# with it, or tcg, emulation. Tried once for each kernel of this machine.
#
#   vm-accelerator.sh CACHE IMAGE
set -eu
known=$1/accelerator-$(uname -r)
image=$2
if [ ! -s "$known" ]; then
	answer=tcg
	if [ -w /dev/kvm ]; then
		timeout 20 qemu-system-x86_64 -nodefaults -no-user-config -display none -machine q35 -accel kvm -cpu host -m 256 -no-reboot \
			-kernel "$image/vmlinux" -initrd "$image/initrd" -append 'console=ttyS0 quiet pmm_ha_try' \
			-chardev "file,id=console,path=$known.log" -serial chardev:console </dev/null >/dev/null 2>&1 || true
		! grep -qs 'a guest runs here' "$known.log" || answer=kvm
		rm -f "$known.log"
	fi
	echo "$answer" >"$known.new"
	mv "$known.new" "$known"
fi
cat "$known"
