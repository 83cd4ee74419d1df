#!/bin/sh
# Prints the Debian archives that this machine's apt uses, as deb lines.
# An image is built from where this machine gets its own packages: a mirror or a
# proxy is its administrator's choice. Archives of other vendors are left out.
set -eu

# shellcheck disable=SC2016 # apt-get expands
sources() {
	apt-get indextargets \
		--format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' 2>/dev/null | sort -u
}

found=$(sources)
if [ -z "$found" ]; then
	# No package lists yet: a freshly installed machine.
	apt-get update >/dev/null 2>&1 || true
	found=$(sources)
fi
if [ -z "$found" ]; then
	echo "apt on this machine knows no Debian archive: see /etc/apt/sources.list and 'apt-get update'" >&2
	exit 1
fi
echo "$found"
