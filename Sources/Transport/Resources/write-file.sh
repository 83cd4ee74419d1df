# Writes FILE so that a reader sees the old content or the new, never a part: beside its place, then renamed.
# The name of the temporary file is fixed: what a killed run left behind is overwritten by the next one.
# FILE, MODE (octal), OWNER (user:group), CONTENT, ENCODING (text or base64)
set -eu
umask 022
[ -d "${FILE%/*}" ] || mkdir -p "${FILE%/*}"
umask 077
new=$FILE.pmm-ha-new
if [ "$ENCODING" = base64 ]; then
  printf %s "$CONTENT" | base64 -d >"$new"
else
  printf %s "$CONTENT" >"$new"
fi
chown "$OWNER" "$new"
chmod "$MODE" "$new"
mv -f "$new" "$FILE"
if command -v restorecon >/dev/null 2>&1; then restorecon "$FILE" || true; fi
