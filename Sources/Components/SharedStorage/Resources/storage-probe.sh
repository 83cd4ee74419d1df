# What this node sees of the shared disk DEVICE, of the logical volume VOLUME on it (empty: there is none), and of the
# place MOUNT_POINT where one of them is to be mounted. Reads only.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
mounts=/proc/self/mountinfo
# Of one look at the disk (last-looks.sh).
export LOOK_LIMIT=5

# examine PREFIX NAME: what the block device NAME is, in sections whose names begin with PREFIX.
examine() {
  real=$(readlink -f -- "$2")
  section "$1device"
  echo "real=$real"
  if [ ! -b "$real" ]; then
    if [ -e "$real" ]; then echo "kind=$(stat -c %F -- "$real")"; else echo "kind=absent"; fi
    return
  fi
  echo "kind=block"
  tree=$(timeout 5 lsblk -b -P -o MAJ:MIN,NAME,TYPE,SIZE,RO,SERIAL,WWN,MOUNTPOINT -- "$real" 2>&1)
  number=${tree#*MAJ:MIN=\"}
  number=${number%%\"*}
  here=$(awk -v number="$number" '$3 == number { print $5 }' "$mounts")
  found=$(looked_at)
  if [ -z "$found" ]; then
    # What this node read before the other one wrote is not what stands on the disk.
    timeout 5 blockdev --flushbufs "$real" 2>/dev/null
    found=$(looked_at)
  fi
  section "$1tree"
  printf '%s\n' "$tree"
  section "$1signatures"
  [ -z "$found" ] || printf '%s\n' "$found"
  section "$1mounts"
  [ -z "$here" ] || printf '%s\n' "$here"
  if [ -z "$found" ]; then
    section "$1beginning"
    # zero, data, sbd; or the words of the tool that could not read it.
    beginning "$real" 2>&1 || echo unreadable
  fi
  # A partition a line: its path, and what stands on it.
  section "$1partitions"
  if ! parts=$(partitions "$real" 2>&1); then
    echo "$real unreadable: $parts"
  else
    for part in $parts; do
      if types=$(content "$part" 2>&1); then echo "$part $(printf '%s' "$types" | tr '\n' ' ')"; else echo "$part unreadable: $types"; fi
    done
  fi
  section "$1filesystem"
  case $found in
  *,ext4)
    timeout 5 dumpe2fs -h "$real" 2>/dev/null | awk -F ': *' '
      /^Filesystem state:/ { print "state=" $2 }
      /^FS Error count:/ { print "errors=" $2 }
      /^Last error function:/ { print "function=" $2 }
      /^Block count:/ { count = $2 }
      /^Block size:/ { size = $2 }
      END { if (size) printf "size=%.0f\n", count * size }'
    ;;
  *,xfs)
    # Only a mounted one tells; its superblock on the disk may be older.
    [ -z "$here" ] || timeout 5 xfs_info "${here%%
*}" 2>/dev/null | sed -n 's/^data .*bsize=\([0-9]*\) *blocks=\([0-9]*\).*/\1 \2/p' | awk '{ printf "size=%.0f\n", $1 * $2 }'
    ;;
  esac
}

looked_at() { timeout 5 wipefs --no-act --parsable -- "$real" 2>&1 || echo failed; }

examine "" "$DEVICE"
[ -z "$VOLUME" ] || examine "volume " "$VOLUME"

section "mount point"
source=$(awk -v place="$MOUNT_POINT" '$5 == place { for (i = 7; i <= NF; i++) if ($i == "-") print $(i + 2) }' "$mounts")
if [ -n "$source" ]; then
  echo "mounted=$source"
elif [ -d "$MOUNT_POINT" ]; then
  echo "mode=$(stat -c %a -- "$MOUNT_POINT")"
  echo "entries=$(find "$MOUNT_POINT" -mindepth 1 -maxdepth 1 | head -n 100 | wc -l)"
elif [ -e "$MOUNT_POINT" ]; then
  echo "mode=other"
fi

section fstab
[ ! -r /etc/fstab ] || cat /etc/fstab
echo
section end
exit 0
