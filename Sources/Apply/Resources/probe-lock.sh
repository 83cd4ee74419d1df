# How often the lock of this node has been taken since it booted, and "busy" while somebody has it.
dir=/run/pmm-ha
cat "$dir/generation" 2>/dev/null || echo 0
if [ -e "$dir/lock" ] && ! flock -n "$dir/lock" true; then echo busy; fi
exit 0
