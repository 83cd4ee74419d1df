# "Configure an LVM volume with an ext4 file system", without the volume and already formatted: see build.sh.
# Debian has no restorecon.
on pmm1 "mkdir -p /mnt/pmm-server/srv" </dev/null
on pmm1 "mount $device /mnt/pmm-server/srv/" </dev/null
