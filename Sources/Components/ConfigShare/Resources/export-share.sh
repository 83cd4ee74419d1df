# Exports DIRECTORY by NFS, as the file EXPORTS says, now and at boot. Nothing else that this server exports is touched.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
if [ ! -d "$DIRECTORY" ]; then
  mkdir -p -- "$DIRECTORY"
  # Root of the nodes writes here, and nobody else has to look: PMM's settings may hold secrets.
  chmod 700 -- "$DIRECTORY"
fi
if command -v restorecon >/dev/null 2>&1; then restorecon -R "$DIRECTORY" || true; fi
if ! timeout 60 systemctl -q enable --now nfs-server.service; then
  echo "the NFS server does not start: read 'systemctl status nfs-server' on $(uname -n), then apply again." >&2
  exit 1
fi
if ! timeout 30 exportfs -r; then
  echo "the NFS server does not take $EXPORTS or another file of its exports: see the lines above, then apply again." >&2
  exit 1
fi
