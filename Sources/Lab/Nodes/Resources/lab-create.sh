#!/bin/sh
# A lab's key pair and its directories; done again, it makes what is missing.
#
#   lab-create.sh LAB_DIR
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"

chmod 700 "$lab_dir"
mkdir -p "$lab_dir/nodes" "$lab_dir/share/images" "$lab_dir/ssh"
chmod 755 "$lab_dir/share"
chmod 700 "$lab_dir/ssh"
case $(stat --file-system --format %T "$lab_dir") in
overlayfs | tmpfs | ramfs | nfs | fuseblk)
	echo "$lab_dir: node disks need a real filesystem such as ext4 or xfs beneath: give another directory with --directory" >&2
	exit 1
	;;
esac

# The private half arrives last: it stands for the whole pair.
if [ ! -e "$lab_dir/ssh_key" ]; then
	rm -f "$lab_dir/.key" "$lab_dir/.key.pub"
	ssh-keygen -q -t ed25519 -N '' -C "pmm-ha lab $lab_name" -f "$lab_dir/.key"
	mv "$lab_dir/.key.pub" "$lab_dir/ssh_key.pub"
	mv "$lab_dir/.key" "$lab_dir/ssh_key"
fi
