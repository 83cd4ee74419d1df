# What the machine beside the nodes is that serves the share. Reads only.
# DIRECTORY: what it exports, or its brick. EXPORTS: the file that says so, or empty. SERVICE: the daemon's unit.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
section server
[ -d "$DIRECTORY" ] && echo "directory=$(stat -c '%a %U:%G' -- "$DIRECTORY")"
echo "active=$(timeout 5 systemctl is-active "$SERVICE" 2>/dev/null)"
echo "boot=$(timeout 5 systemctl is-enabled "$SERVICE" 2>/dev/null)"
if [ -n "$EXPORTS" ] && [ -f "$EXPORTS" ]; then
  section "exports $(stat -c %a "$EXPORTS")"
  # The added newline ends the section; the file's own last one stays part of it.
  cat "$EXPORTS"
  echo
  section exported
  # What the kernel's server gives out now: a line of the file may not have been read yet.
  timeout 5 exportfs -s 2>/dev/null
fi
section end
exit 0
