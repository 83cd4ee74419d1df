# Makes UNIT, the time service, ask the servers that CONTENT names, in FILE, a file of its own. DIRECTIVE: the line of
# CONFIGURATION that makes it read FILE, added where it is missing; empty where it needs none.
# shellcheck shell=sh disable=SC2154
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
if [ -n "$DIRECTIVE" ] && ! grep -qsxF "$DIRECTIVE" "$CONFIGURATION"; then
  printf '# pmm-ha: servers of the spec\n%s\n' "$DIRECTIVE" >>"$CONFIGURATION"
fi
mkdir -p "${FILE%/*}"
printf '%s' "$CONTENT" >"$FILE.pmm-ha-new"
chmod 644 "$FILE.pmm-ha-new"
mv "$FILE.pmm-ha-new" "$FILE"
if command -v restorecon >/dev/null 2>&1; then restorecon "$FILE" || true; fi
if ! timeout 60 systemctl restart "$UNIT"; then
  echo "$UNIT does not start with the time servers of the spec: read 'systemctl status $UNIT' on $(uname -n), then apply again." >&2
  exit 1
fi
