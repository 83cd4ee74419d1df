#!/bin/sh
# Sets the password of PMM's administrator; the database must be up.
#
#   change-admin-password [NEW]      without NEW: the first line of standard input
set -eu
case $# in
0) IFS= read -r new || [ -n "$new" ] ;;
1) new=$1 ;;
*)
	echo "usage: change-admin-password [NEW]" >&2
	exit 2
	;;
esac
[ -n "$new" ] || {
	echo "the new password is empty: give one as the argument or on standard input" >&2
	exit 2
}
printf '%s\n' "$new" | python3 -I /usr/share/pmm-lab/manager.py set-password
