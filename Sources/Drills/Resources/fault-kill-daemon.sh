# Kills a daemon of the cluster's, as a crash would.
if ! pkill --signal KILL --exact "$DAEMON"; then
  echo "no $DAEMON runs on this node; see: pmm-ha status" >&2
  exit 1
fi
