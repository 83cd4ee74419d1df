# Removes FILE, if it is there.
set -eu
rm -f "$FILE" "$FILE.pmm-ha-new"
