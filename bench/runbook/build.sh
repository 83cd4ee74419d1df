#!/bin/sh
# The runbook by hand: from installed packages to a cluster that serves PMM, command after command as they stand in
# it, and no time to think between them. What differs, and why:
#   - Packages, the hacluster password, `systemctl enable`, the image and the file system are there beforehand, on both
#     sides of the comparison.
#   - In containers, which have no device-mapper, storage is a file system on the shared disk itself, already formatted, and
#     there is no pmm_lvm resource. With volume_group it is LVM as it stands there, and pmm_lvm has that name: the data-centre
#     variant writes vgname=pmm_server, with which nothing starts.
#   - PMM_VOLUME_PATH is where the cluster mounts; the runbook's unit names another directory and PMM would write to the
#     node's own disk (with volume=/mnt/pmm/srv it does).
#   - The runbook is of PMM 2's time. With PMM 3's image container_port is 8443, and the file system's root belongs to uid 1000
#     (mkfs_options), or PMM ends at once.
#   - Names, addresses, devices and the share's path are the lab's; the password comes from standard input.
# From the environment: ssh_config, trace, share, device, virtual_ip, prefix, address1, address2, image, tag, password; volume
# if it shall be another, volume_group where there is LVM, container_port and mkfs_options for PMM 3.
set -eu
here=$(dirname "$0")
# shellcheck source=/dev/null
. "$here/on.sh"
for part in server network storage cluster resources; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done
