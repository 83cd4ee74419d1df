# Notes what came of really fencing NODE, for status. RESULT: passed or failed; CONFIRMED, ONLINE: seconds after it was
# asked for, empty where it did not come so far.
set -eu
directory=/var/lib/pmm-ha/fencing
mkdir -p "$directory"
printf 'result=%s\ntime=%s\nconfirmed=%s\nonline=%s\n' "$RESULT" "$(date +%s)" "$CONFIRMED" "$ONLINE" >"$directory/$NODE.fenced.new"
mv "$directory/$NODE.fenced.new" "$directory/$NODE.fenced"
