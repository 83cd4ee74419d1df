#!/bin/sh
# Puts an image's archive where the nodes find it; a link where the filesystem is the same.
#
#   supply.sh ARCHIVE PLACE
set -eu
! cmp --silent "$1" "$2" || exit 0
rm -f "$2.new"
ln "$1" "$2.new" 2>/dev/null || cp "$1" "$2.new"
mv -f "$2.new" "$2"
