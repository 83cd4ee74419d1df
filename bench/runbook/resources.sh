# "Add resources to the cluster". Sourced by build.sh.
on pmm1 "pcs resource create pmm_fs Filesystem device=\"$device\" directory=\"/mnt/pmm-server/srv/\" fstype=\"ext4\" --group pmm" </dev/null
on pmm1 "pcs resource create VirtualIP IPaddr2 ip=$virtual_ip cidr_netmask=$prefix --group pmm" </dev/null
on pmm1 "pcs resource create pmm-server systemd:pmm-server --group pmm" </dev/null
on pmm1 "pcs status" </dev/null
