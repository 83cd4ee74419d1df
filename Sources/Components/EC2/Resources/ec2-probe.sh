# What of the EC2 variant is on this node: files, programs, what fence_aws can do, and EBS volumes by their serial
# numbers. Asks nothing outside the node.
# shellcheck shell=sh
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
directory=/etc/pmm-ha/ec2

section modes
stat -c '%a %n' "$directory/config" "$directory/aws" 2>/dev/null
for file in "$directory/config" "$directory/aws"; do
  [ -f "$file" ] || continue
  section "file $file"
  cat "$file"
  echo
done
section programs
[ -x /usr/bin/aws ] && echo aws
section fence_aws
if command -v fence_aws >/dev/null; then
  timeout 5 fence_aws -o metadata 2>/dev/null | sed -n 's/.*<parameter name="\([^"]*\)".*/\1/p'
fi
section agents
for agent in awsvip aws-vpc-move-ip aws-vpc-route53; do
  [ -x "/usr/lib/ocf/resource.d/heartbeat/$agent" ] && echo "$agent"
done
section volumes
# The serial number of an EBS volume is its id without the hyphen.
timeout 5 lsblk --nodeps --noheadings --output NAME,SERIAL 2>/dev/null
section "foreign setup"
for unit in nm-cloud-setup.timer nm-cloud-setup.service; do
  [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ] && echo "$unit"
done
section end
exit 0
