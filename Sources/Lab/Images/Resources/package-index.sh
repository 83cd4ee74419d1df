#!/bin/sh
# Makes a directory of packages an archive that apt installs from: deb [trusted=yes] file:DIRECTORY ./
#
#   package-index.sh DIRECTORY
set -eu
cd "$1"
for package in *.deb; do
	dpkg-deb --field "$package"
	printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$package" "$(stat --format %s "$package")" \
		"$(sha256sum "$package" | cut -d' ' -f1)"
done >Packages.new
mv Packages.new Packages
