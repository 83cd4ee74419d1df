# Holds the lock of this node for as long as the other side keeps our standard input open, so that a killed operator's
# lock is gone with its connection. Says "held", or who holds it. WHO: user@host of the operator.
# flock(1) asks the kernel: no stale lock file can exist, only a stale note, which the next holder overwrites.
set -u
dir=/run/pmm-ha
mkdir -p "$dir"
chmod 0700 "$dir"
exec 9>>"$dir/lock"
if ! flock -n 9; then
  printf 'locked by %s\n' "$(cat "$dir/lock.holder" 2>/dev/null || echo 'someone')"
  exit 75
fi
printf '%s since %s\n' "$WHO" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$dir/lock.holder"
# A killed operator's last step goes on to its end here, and whoever looks before that sees half of its work.
exec 8>>"$dir/work"
if ! flock -w 300 8; then
  echo "a step of an interrupted run is still at work here (see: ps -ef --forest)"
  exit 75
fi
exec 8>&-
# Counted, so that who looked before taking it can tell that nobody had it in between.
echo $(($(cat "$dir/generation" 2>/dev/null || echo 0) + 1)) >"$dir/generation"
echo held
cat >/dev/null
