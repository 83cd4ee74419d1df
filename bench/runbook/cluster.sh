# "Create HA cluster". Sourced by build.sh.
printf '%s\n' "$password" | on pmm1 "pcs host auth pmm1 pmm2 -u hacluster"
on pmm1 "pcs cluster setup pmm_ha_cluster --start pmm1 pmm2" </dev/null
on pmm1 "pcs cluster enable --all" </dev/null
on pmm1 "pcs cluster status" </dev/null
on pmm1 "pcs property set stonith-enabled=false" </dev/null
