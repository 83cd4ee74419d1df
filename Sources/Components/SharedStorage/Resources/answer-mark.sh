# Proves that DEVICE here is the disk that the node MAKER calls by that name: waits for MAKER's mark on it and answers
# with the mark's own number. MAKER writes nothing else before it has read the answer. Writes nothing where no mark is.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DEVICE")
read_block() { dd if="$real" bs=4096 skip="$1" count=1 iflag=direct 2>/dev/null | tr -d '\0' | head -n 1; }
write_block() { printf '%s\n' "$2" | dd of="$real" bs=4096 seek="$1" count=1 conv=sync,notrunc oflag=direct 2>/dev/null; }
answered=
tries=0
while [ "$tries" -lt 300 ]; do
  mark=$(read_block 240)
  case $mark in
  "$answered") ;;
  "pmm-ha mark "*)
    # A mark that an apply left behind when it was killed is answered too; the new one comes after it.
    write_block 241 "pmm-ha answer ${mark#pmm-ha mark }" || break
    answered=$mark
    ;;
  *)
    # MAKER has read the answer and taken its mark away.
    if [ -n "$answered" ]; then exit 0; fi
    ;;
  esac
  tries=$((tries + 1))
  sleep 0.2
done
echo "$(uname -n) does not see on its $DEVICE what $MAKER writes on that one: the two nodes have different disks under this name. Nothing was made. Attach one and the same disk to both (compare 'lsblk -o NAME,SIZE,SERIAL,WWN' there), then apply again." >&2
exit 1
