# Whether DISK takes the persistent reservations by which it shall be fenced. Reserves nothing.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DISK")
if [ ! -b "$real" ]; then
  echo "$DISK is not a block device on $(uname -n): attach it, then apply again." >&2
  exit 1
fi
if ! said=$(timeout 20 sg_persist --in --report-capabilities "$real" 2>&1 </dev/null); then
  printf '%s\n' "$said" | head -n 5 >&2
  echo "$DISK takes no SCSI-3 persistent reservations on $(uname -n), see above: fence by another device (IPMI, SBD), or use a disk that does." >&2
  exit 1
fi
if printf '%s\n' "$said" | grep -q 'Write Exclusive, registrants only: 0'; then
  echo "$DISK does not know the reservation 'write exclusive, registrants only', by which fence_scsi works: fence by another device." >&2
  exit 1
fi
