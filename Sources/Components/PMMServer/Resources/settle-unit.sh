# systemd reads the changed unit, and does not start PMM at boot: that is Pacemaker's decision.
set -eu
systemctl daemon-reload
if systemctl --quiet is-enabled pmm-server.service 2>/dev/null; then systemctl --quiet disable pmm-server.service; fi
