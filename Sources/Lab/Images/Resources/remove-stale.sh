#!/bin/sh
# Removes what an interrupted build left: PREFIX is the beginning of its paths.
#
#   remove-stale.sh PREFIX
set -eu
for stale in "$1"*; do
	[ -d "$stale" ] || continue
	# A bootstrap that was killed leaves its mounts.
	awk -v p="$stale/" 'index($5, p) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
		while read -r mounted; do umount --lazy "$mounted"; done
	rm -rf --one-file-system "$stale"
done
