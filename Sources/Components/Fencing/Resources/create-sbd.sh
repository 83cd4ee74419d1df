# Makes SBD's slots on DISK, after a last look: since the plan was made, the disk may have got data. Slots that are there
# are left as they are. WATCHDOG, MESSAGE_WAIT: seconds. ALLOWED: the signatures that may be overwritten, sorted, joined
# by '+'; empty for none.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$*" >&2
  exit 1
}
real=$(readlink -f -- "$DISK")
[ -b "$real" ] || fail "$DISK is not a block device any more: attach the disk to $(uname -n), then apply again."
if sbd -d "$real" dump >/dev/null 2>&1; then exit 0; fi
mounted=$(lsblk -n -r -o MOUNTPOINT -- "$real" | grep . || true)
[ -z "$mounted" ] || fail "$DISK is mounted at $mounted on $(uname -n): nothing was written. Give SBD a disk of its own."
found=$(wipefs --no-act --parsable -- "$real" | grep -v '^#' | cut -d , -f 4 | sort -u | paste -s -d + -)
if [ "$found" != "$ALLOWED" ]; then
  fail "$DISK holds '${found:-nothing}' now, and not '${ALLOWED:-nothing}' as when the plan was made: nothing was written. Plan again and look."
fi
if [ -n "$found" ]; then
  for part in $(lsblk -n -l -p -o NAME,TYPE -- "$real" | awk '$2 == "part" { print $1 }'); do wipefs -q -a -- "$part"; done
  wipefs -q -a -- "$real"
  blockdev --rereadpt "$real" 2>/dev/null || true
fi
sbd -d "$real" -1 "$WATCHDOG" -4 "$MESSAGE_WAIT" create || fail "sbd cannot make its slots on $DISK: is it writable from $(uname -n)?"
blockdev --flushbufs "$real" 2>/dev/null || true
sbd -d "$real" dump >/dev/null || fail "sbd has made its slots on $DISK and cannot read them back: is the disk healthy?"
