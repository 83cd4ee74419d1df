# "Configure an LVM volume with an ext4 file system". Sourced by build.sh. Debian has no restorecon.
# shellcheck disable=SC2154 # from the environment
if [ -n "${volume_group:-}" ]; then
  # As the EC2 variant says; the other one leaves it out, and CentOS has it so.
  on_both "sed -i 's/^\\([[:space:]]*\\)# system_id_source = .*/\\1system_id_source = \"uname\"/' /etc/lvm/lvm.conf"
  on pmm1 "pvcreate $device" </dev/null
  on pmm1 "vgcreate --setautoactivation n $volume_group $device" </dev/null
  on pmm1 "vgs -o+systemid" </dev/null
  on pmm1 "lvcreate -l100%VG -n srv $volume_group" </dev/null
  on pmm1 "lvs" </dev/null
  device=/dev/$volume_group/srv
  on pmm1 "mkfs.ext4${mkfs_options:+ $mkfs_options} $device" </dev/null
fi
on pmm1 "mkdir -p /mnt/pmm-server/srv" </dev/null
on pmm1 "mount $device /mnt/pmm-server/srv/" </dev/null
