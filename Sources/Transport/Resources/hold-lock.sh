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
echo held
cat >/dev/null
