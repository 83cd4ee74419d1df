# Both daemons, now and at every boot.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
systemctl enable --quiet corosync.service pacemaker.service || exit 1
if ! systemctl start corosync.service; then
  journalctl --quiet --no-pager --unit corosync.service --lines 15 >&2
  echo "Corosync does not start; its own words are above. 'corosync -t' checks /etc/corosync/corosync.conf." >&2
  exit 1
fi
if ! systemctl start pacemaker.service; then
  journalctl --quiet --no-pager --unit pacemaker.service --lines 15 >&2
  echo "Pacemaker does not start; its own words are above, more of them in /var/log/pacemaker/pacemaker.log." >&2
  exit 1
fi
