# The lines of this node's cluster logs that a failover is read from, "HH:MM:SS.mmm PROGRAM: TEXT", as they stand there.
{
  tail -n 2000 /var/log/corosync/corosync.log 2>/dev/null |
    grep -E 'processor failed|new membership|quorum|link: .* is (up|down)|Failed to receive the leave' |
    sed -nE 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) (.*)/\1 \2/p'
  tail -n 4000 /var/log/pacemaker/pacemaker.log 2>/dev/null |
    grep -E "Requesting fencing|Operation '|Result of (start|stop|monitor|promote) operation|is unclean|cannot be fenced|Lost|state is now|Fencing .* (failed|succeeded)| error: | warning: " |
    sed -nE 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) [^ ]+ ([a-z-]+) +\[[0-9]+\] (.*)/\1 \2: \3/p'
} | sort | tail -n 400
exit 0
