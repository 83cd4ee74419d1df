#!/bin/sh
# The directories that all nodes see at /mnt/share and /mnt/packages, as containers
# see them from this machine: an NFS server in user space (nfs-ganesha), in the lab's network, which
# needs no NFS in this machine's kernel.
#
#   vm-share.sh LAB_DIR
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
group=$lab_cgroup/share
! populated "$group" || exit 0

nfs=$lab_dir/nfs
# share/pmm is what `lab spec` has a cluster mount for its settings.
mkdir -p "$nfs/recovery" "$lab_dir/share/pmm"
# No grace period: whoever held a file before the server's end was a node of this lab.
cat >"$nfs/ganesha.conf" <<-CONF
	NFS_CORE_PARAM {
	  Protocols = 4;
	  Bind_addr = 198.51.100.1;
	  NFS_Port = 2049;
	  Enable_NLM = false;
	  Enable_RQUOTA = false;
	}
	NFSv4 {
	  Minor_Versions = 1, 2;
	  Graceless = true;
	  RecoveryBackend = fs;
	  RecoveryRoot = $nfs/recovery;
	  Delegations = false;
	}
	EXPORT {
	  Export_Id = 1;
	  Path = $lab_dir/share;
	  Pseudo = /share;
	  Access_Type = RW;
	  Squash = No_Root_Squash;
	  SecType = sys;
	  FSAL { Name = VFS; }
	}
	EXPORT {
	  Export_Id = 2;
	  Path = $(readlink -f "$lab_image/packages");
	  Pseudo = /packages;
	  Access_Type = RO;
	  Squash = No_Root_Squash;
	  SecType = sys;
	  FSAL { Name = VFS; }
	}
CONF
into_cgroup "$group" nsenter --net="/run/netns/$netns" \
	ganesha.nfsd -F -f "$nfs/ganesha.conf" -p "$nfs/pid" -L "$nfs/log" -N NIV_EVENT >>"$nfs/out" 2>&1
listening() { in_lab ss --tcp --listening --numeric --no-header "sport = :2049" | grep -q .; }
becomes_true "the lab's NFS server does not listen; see $nfs/log" listening
