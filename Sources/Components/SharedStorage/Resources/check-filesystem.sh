# Whether this node sees on DEVICE the filesystem FSTYPE labelled LABEL that the node MAKER has just made: if not, the
# two nodes mean two disks by that name. Changes nothing.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
tries=0
while :; do
  real=$(readlink -f -- "$DEVICE")
  if [ -b "$real" ]; then
    blockdev --flushbufs "$real"
    found=$(blkid -p -s TYPE -s LABEL -o value -- "$real" | sort | paste -s -d ' ' -)
    if [ "$found" = "$(printf '%s\n%s\n' "$FSTYPE" "$LABEL" | sort | paste -s -d ' ' -)" ]; then exit 0; fi
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || break
  sleep 0.25
done
echo "$(uname -n) does not see the filesystem that $MAKER has made on $DEVICE: the two nodes have different disks under this name. Attach one and the same disk to both (compare 'lsblk -o NAME,SIZE,SERIAL,WWN' there), then apply again." >&2
exit 1
