# Makes MOUNT_POINT such that nothing can be stored below it while the shared disk is not mounted there.
# shellcheck shell=sh disable=SC2154
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
if awk -v place="$MOUNT_POINT" '$5 == place { found = 1 } END { exit !found }' /proc/self/mountinfo; then
  # It is what lies below the mount that counts, and that is out of reach now.
  exit 0
fi
mkdir -p -- "$MOUNT_POINT"
if command -v restorecon >/dev/null; then restorecon "$MOUNT_POINT" || true; fi
chattr -i -- "$MOUNT_POINT" 2>/dev/null || true
chown root:root -- "$MOUNT_POINT"
chmod 0000 -- "$MOUNT_POINT"
# Permissions do not stop root; the immutable flag does. A container's directory belongs to the host's filesystem,
# whose keeper must be able to remove it, so it stays without.
[ -r /run/systemd/container ] || chattr +i -- "$MOUNT_POINT" 2>/dev/null || true
