# Holds the lock of this node for as long as the other side keeps our standard input open, so that a killed operator's
# lock is gone with its connection. Says "held", or who holds it. WHO: user@host of the operator.
# flock(1) asks the kernel: no stale lock file can exist, only a stale note, which the next holder overwrites.
set -u
dir=/run/pmm-ha
mkdir -p "$dir"
chmod 0700 "$dir"
exec 9>>"$dir/lock"
tries=40
until flock -n 9; do
  # Between taking the lock and writing the note the holder before may still stand there: its shell is gone by then.
  # (And who only looks at the lock holds it for a moment, without a note.)
  holder=$(cat "$dir/lock.holder" 2>/dev/null)
  tries=$((tries - 1))
  if [ -n "$holder" ] && [ -d "/proc/${holder%% *}" ]; then
    printf 'locked by %s\n' "${holder#* }"
    exit 75
  elif [ "$tries" = 0 ]; then
    echo "locked by someone who has not left a name (see: fuser -v $dir/lock)"
    exit 75
  fi
  sleep 0.05
done
printf '%s %s since %s\n' "$$" "$WHO" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$dir/lock.holder"
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
