#!/bin/sh
# Fetches a PMM image from its registry into an archive that the nodes load, as
# they have no route to a registry themselves.
#
#   pmm-pull.sh IMAGE:TAG ARCHIVE
set -eu
image=$1
archive=$2
[ ! -e "$archive" ] || exit 0

log=$(mktemp)
trap 'rm -f "$log" "$archive.new"' EXIT
rm -f "$archive.new"
if ! command -v skopeo >/dev/null 2>&1; then
	echo "installing skopeo to fetch $image" >&2
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends skopeo >"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		echo "skopeo fetches images and is not here: apt-get install skopeo" >&2
		exit 1
	}
fi
if ! skopeo copy --quiet "docker://$image" "docker-archive:$archive.new:$image" >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	echo "this machine cannot fetch $image: is its registry reachable from here, is the name right? Without --pmm-image the lab runs its own PMM" >&2
	exit 1
fi
mv "$archive.new" "$archive"
