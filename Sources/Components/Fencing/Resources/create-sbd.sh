# Makes SBD's slots on DISK, after a last look: since the plan was made, the disk may have got data. Slots that are there
# are left as they are. WATCHDOG, MESSAGE_WAIT: seconds. ALLOWED: what may be overwritten, in the words of `signatures`
# (last-looks.sh); empty for a blank disk.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$*" >&2
  exit 1
}
real=$(must readlink -f -- "$DISK") || exit 1
[ -b "$real" ] || fail "$DISK is not a block device any more: attach the disk to $(uname -n), then apply again."
must blockdev --flushbufs "$real" || exit 1
found=$(signatures "$real") || exit 1
if [ "$found" = sbd ]; then
  must sbd -d "$real" dump >/dev/null || fail "$DISK has SBD's slots, and sbd on $(uname -n) cannot read them: nothing was written."
  exit 0
fi
places=$(mounted "$real") || exit 1
[ -z "$places" ] || fail "$DISK is mounted at $places on $(uname -n): nothing was written. Give SBD a disk of its own."
if [ "$found" != "$ALLOWED" ]; then
  fail "$DISK holds '${found:-nothing}' now, and not '${ALLOWED:-nothing}' as when the plan was made: nothing was written. Plan again and look."
fi
if [ -n "$found" ]; then
  erase_signatures "$real" || fail "what is on $DISK cannot be taken away, see above: is it writable from $(uname -n)? Then plan again."
fi
timeout 60 sbd -d "$real" -1 "$WATCHDOG" -4 "$MESSAGE_WAIT" create || fail "sbd cannot make its slots on $DISK: is it writable from $(uname -n)?"
must blockdev --flushbufs "$real" || exit 1
must sbd -d "$real" dump >/dev/null || fail "sbd has made its slots on $DISK and cannot read them back: is the disk healthy?"
