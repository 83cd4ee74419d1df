# "Set up network": names. Sourced by build.sh.
for node in pmm1 pmm2; do
  on "$node" "hostnamectl hostname $node" </dev/null
  on "$node" "cat << \"EOF\" > /etc/hosts
127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4
::1         localhost localhost.localdomain localhost6 localhost6.localdomain6
$address1 pmm1
$address2 pmm2
EOF" </dev/null
done
