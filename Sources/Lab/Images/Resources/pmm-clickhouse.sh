#!/bin/sh
# What a PMM of the lab with ClickHouse has besides: mmdebstrap's customize hook for a Debian with clickhouse-server.
#
#   pmm-clickhouse.sh ROOT IMAGE
set -eu
root=$1
image=$2
cd "$root"
mkdir -p "$image"
for link in bin sbin lib lib32 lib64 libx32; do
	[ ! -L "$link" ] || cp -a "$link" "$image/$link"
done
program=usr/sbin/clickhouse-server
cp -a --parents "$program" "$image"
chroot . ldd "/$program" | sed -n -e 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
	case $library in /usr/*) library=${library#/} ;; *) library=usr$library ;; esac
	cp -L --parents "$library" "$image"
done
