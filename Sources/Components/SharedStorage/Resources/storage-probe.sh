# What this node sees of the shared disk DEVICE, and of the place MOUNT_POINT where it is to be mounted. Reads only.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DEVICE")

echo "== device"
echo "real=$real"
if [ -b "$real" ]; then
  echo "kind=block"
elif [ -e "$real" ]; then
  echo "kind=$(stat -c %F -- "$real")"
else
  echo "kind=absent"
fi

mounts=/proc/self/mountinfo
if [ -b "$real" ]; then
  tree=$(timeout 5 lsblk -b -P -o MAJ:MIN,NAME,TYPE,SIZE,RO,SERIAL,WWN,MOUNTPOINT -- "$real" 2>&1)
  number=${tree#*MAJ:MIN=\"}
  number=${number%%\"*}
  here=$(awk -v number="$number" '$3 == number { print $5 }' "$mounts")
  signatures() { timeout 5 wipefs --no-act --parsable -- "$real" 2>&1 || echo failed; }
  found=$(signatures)
  if [ -z "$found" ]; then
    # What this node read before the other one wrote is not what stands on the disk.
    timeout 5 blockdev --flushbufs "$real" 2>/dev/null
    found=$(signatures)
  fi
  echo "== tree"
  printf '%s\n' "$tree"
  echo "== signatures"
  [ -z "$found" ] || printf '%s\n' "$found"
  echo "== mounts"
  [ -z "$here" ] || printf '%s\n' "$here"
  if [ -z "$found" ]; then
    echo "== beginning"
    # One byte of the first MiB that is not zero, if there is one.
    if timeout 5 head -c 1048576 -- "$real" | tr -d '\0' | grep -q -a -m 1 ''; then echo "data"; else echo "zero"; fi
  fi
fi

echo "== mount point"
source=$(awk -v place="$MOUNT_POINT" '$5 == place { for (i = 7; i <= NF; i++) if ($i == "-") print $(i + 2) }' "$mounts")
if [ -n "$source" ]; then
  echo "mounted=$source"
elif [ -d "$MOUNT_POINT" ]; then
  echo "mode=$(stat -c %a -- "$MOUNT_POINT")"
  echo "entries=$(find "$MOUNT_POINT" -mindepth 1 -maxdepth 1 | head -n 100 | wc -l)"
elif [ -e "$MOUNT_POINT" ]; then
  echo "mode=other"
fi

echo "== fstab"
[ ! -r /etc/fstab ] || cat /etc/fstab
echo
echo "== end"
exit 0
