# Starts glusterd, now and at boot, and makes the directory BRICK for this machine's copy of the volume.
# shellcheck shell=sh disable=SC2154
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
mkdir -p -- "$BRICK"
if command -v restorecon >/dev/null 2>&1; then
  # The policy's own rule for bricks is for the directory that this one lies in.
  if command -v semanage >/dev/null 2>&1; then semanage fcontext -a -t glusterd_brick_t "$BRICK(/.*)?" 2>/dev/null || true; fi
  restorecon -R "$BRICK" || true
fi
if ! timeout 60 systemctl -q enable --now glusterd.service; then
  echo "glusterd does not start: read 'systemctl status glusterd' and /var/log/glusterfs/glusterd.log on $(uname -n), then apply again." >&2
  exit 1
fi
