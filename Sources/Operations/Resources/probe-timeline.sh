# What this node's cluster logged of a failover, one "HH:MM:SS.mmm TEXT" a line, oldest first. Both logs carry
# milliseconds; the last 2000 lines of each hold minutes of a busy cluster.
{
  tail -n 2000 /var/log/corosync/corosync.log 2>/dev/null | sed -nE \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*A processor failed.*/\1 corosync: no word from the other node/p' \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*new membership .* was formed. Members left.*/\1 corosync: this node goes on alone/p' \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*new membership .* was formed. Members joined.*/\1 corosync: the nodes hear each other/p'
  tail -n 2000 /var/log/pacemaker/pacemaker.log 2>/dev/null | sed -nE \
    -e "s/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Requesting fencing \((reboot|off)\) of node ([^ ]+).*/\1 pacemaker: \3 must be fenced first/p" \
    -e "s/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Operation '(reboot|off)' targeting ([^ ]+) by ([^ ]+) for .*: OK.*/\1 fencing: the device confirms that \3 is off/p" \
    -e "s/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Operation '(reboot|off)' targeting ([^ ]+) by ([^ ]+) for .*: (Error|No such|Timed|Timer|Generic|No data).*/\1 fencing: \3 could not be fenced/p" \
    -e "s/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Operation '(reboot|off)' targeting ([^ ]+) by a human.*: OK.*/\1 fencing: an operator confirms that \3 is off/p" \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Result of start operation for (pmm_[a-z]+) on ([^:]+): ok.*/\1 pacemaker: \2 is started on \3/p' \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Result of start operation for (pmm_[a-z]+) on ([^:]+): (error|not ).*/\1 pacemaker: the start of \2 on \3 fails/p' \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Result of stop operation for (pmm_[a-z]+) on ([^:]+): ok.*/\1 pacemaker: \2 is stopped on \3/p' \
    -e 's/^[A-Z][a-z]+ +[0-9]+ ([0-9:.]+) .*Result of monitor operation for (pmm_[a-z]+) on ([^:]+): (error|not ).*/\1 pacemaker: the check of \2 on \3 fails/p'
} | sort
exit 0
