# "Add resources to the cluster". Sourced by build.sh.
if [ -n "${volume_group:-}" ]; then
  on pmm1 "pcs resource create pmm_lvm ocf:heartbeat:LVM-activate vgname=$volume_group vg_access_mode=system_id --group pmm" </dev/null
fi
on pmm1 "pcs resource create pmm_fs Filesystem device=\"$device\" directory=\"/mnt/pmm-server/srv/\" fstype=\"ext4\" --group pmm" </dev/null
on pmm1 "pcs resource create VirtualIP IPaddr2 ip=$virtual_ip cidr_netmask=$prefix --group pmm" </dev/null
on pmm1 "pcs resource create pmm-server systemd:pmm-server --group pmm" </dev/null
on pmm1 "pcs status" </dev/null
