#!/bin/sh
# Makes vmagent ready, the metrics client that drills use, once. Prints its path.
#
#   client-tools.sh CACHE
#
# It is Debian's, of the package victoria-metrics. The package is unpacked and not installed: its installation would also
# enable and start the database server of that name on this machine. A vmagent that is installed here is taken as it is.
set -eu
PATH=$PATH:/usr/sbin:/sbin
if command -v vmagent; then exit 0; fi
place=$1/vmagent
mkdir -p "$1"
exec 9>"$1/.vmagent.lock"
flock 9
if [ ! -x "$place/vmagent" ]; then
	work=$(mktemp -d "$1/.vmagent.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	# Downloaded as root, which owns the directory.
	download() { (cd "$work" && apt-get -o APT::Sandbox::User=root download victoria-metrics) >"$work/log" 2>&1; }
	# A fresh machine has no package lists, one long unused has stale ones.
	if ! download && ! { apt-get update >"$work/update" 2>&1 && download; }; then
		tail -n 5 "$work/log" >&2
		echo "vmagent, the metrics client of the lab, comes from Debian's package victoria-metrics, and apt-get could not download that: see 'apt-get download victoria-metrics'" >&2
		exit 1
	fi
	mkdir -p "$work/tree" "$place"
	dpkg-deb --extract "$work"/victoria-metrics_*.deb "$work/tree"
	# Whole or not at all.
	mv "$work/tree/usr/bin/vmagent" "$place/.vmagent"
	mv "$place/.vmagent" "$place/vmagent"
fi
echo "$place/vmagent"
