#!/bin/sh
# In place of ipmitool for one fencing device. The fence agent hands the password over as an argument (-P), which every
# user of the node may read in the process list; here it is left out, and ipmitool takes the password from the file
# beside this script, which only root may read.
left=$#
previous=
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  left=$((left - 1))
  if [ "$previous" != -P ] && [ "$argument" != -P ]; then set -- "$@" "$argument"; fi
  if [ "$previous" = -P ]; then previous=; else previous=$argument; fi
done
exec /usr/bin/ipmitool -f "$0.password" "$@"
