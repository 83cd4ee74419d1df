# Has Corosync started and does not wait: the step that starts Pacemaker does, and says what went wrong.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
systemctl start --no-block corosync.service
