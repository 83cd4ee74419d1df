#!/bin/sh
# Builds the container images of PMM's stand-in, localhost/pmm-lab:TAG, as archives
# for `podman load`, and prints the directory they lie in (pmm-lab-TAG.tar).
#
#   pmm-image.sh CACHE TAG...
#
# No registry and no build tool: a docker archive is layers and two small JSON
# files. The tags share one layer with everything in it and differ in a second
# one with their VERSION. Every node that loads an archive has the same image id.
# Packages come from where apt on this machine has them.
set -eu
cache=$1
shift
here=$(dirname "$0")

# shellcheck source=/dev/null
. /etc/os-release
suite=${VERSION_CODENAME:?}
architecture=$(dpkg --print-architecture)
key=$({ cat "$0" "$here/pmm-image-setup.sh" "$here/pmm-lab.py" "$here/pmm-lab-nginx.conf"; echo "$suite $architecture"; } |
	sha256sum | cut -c1-12)
image=$cache/images/pmm-lab-$key

have_all() { for tag in "$@"; do [ -e "$image/pmm-lab-$tag.tar" ] || return 1; done; }

mkdir -p "$cache/images"
exec 9>"$cache/images/.pmm-lab.lock"
flock 9
if have_all "$@"; then
	echo "$image"
	exit 0
fi

sh "$here/remove-stale.sh" "$cache/images/.pmm-lab-"
work=$(mktemp -d "$cache/images/.pmm-lab-XXXXXX")
trap 'sh "$here/remove-stale.sh" "$work"' EXIT
trap 'exit 130' INT TERM HUP

# layer DIRECTORY FILE: the same tree gives the same bytes.
layer() {
	tar --create --file "$2" --directory "$1" --sort=name --numeric-owner --mtime=@0 \
		--format=pax --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime .
}

if [ ! -e "$image/base.tar" ]; then
	sh "$here/apt-sources.sh" >"$work/sources.list"
	sh "$here/apt-options.sh" >"$work/apt.conf"
	# shellcheck disable=SC2016 # the hook's shell expands
	if ! mmdebstrap --quiet --variant=minbase --mode=root \
		--include=postgresql-15,nginx-light,python3,python3-psycopg2 \
		--aptopt="$work/apt.conf" --dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
		--customize-hook="sh '$here/pmm-image-setup.sh' \"\$1\" '$work/image'" \
		"$suite" "$work/root" "$work/sources.list" </dev/null >"$work/build.log" 2>&1; then
		tail -n 30 "$work/build.log" >&2
		cp "$work/build.log" "$cache/images/pmm-lab-failed.log"
		echo "the PMM stand-in could not be built; the whole log: $cache/images/pmm-lab-failed.log" >&2
		exit 1
	fi
	mkdir -p "$image"
	layer "$work/image" "$work/base.tar"
	mv "$work/base.tar" "$image/base.tar"
fi
base=$(sha256sum "$image/base.tar" | cut -d' ' -f1)

for tag in "$@"; do
	[ ! -e "$image/pmm-lab-$tag.tar" ] || continue
	archive=$work/$tag
	mkdir -p "$archive" "$work/version-$tag/usr/share/pmm-lab"
	echo "$tag" >"$work/version-$tag/usr/share/pmm-lab/VERSION"
	layer "$work/version-$tag" "$archive/version.tar"
	version=$(sha256sum "$archive/version.tar" | cut -d' ' -f1)
	mv "$archive/version.tar" "$archive/$version.tar"
	ln "$image/base.tar" "$archive/$base.tar"
	cat >"$archive/config.json" <<-JSON
		{"architecture":"$architecture","os":"linux","created":"1970-01-01T00:00:00Z",
		 "config":{"Entrypoint":["/usr/bin/python3","-I","/usr/share/pmm-lab/pmm-lab.py"],"StopSignal":"SIGTERM",
		           "Env":["PATH=/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin","LANG=C.UTF-8"],
		           "ExposedPorts":{"8443/tcp":{},"443/tcp":{}},"Labels":{"org.opencontainers.image.version":"$tag"}},
		 "rootfs":{"type":"layers","diff_ids":["sha256:$base","sha256:$version"]},
		 "history":[{"created":"1970-01-01T00:00:00Z"},{"created":"1970-01-01T00:00:00Z"}]}
	JSON
	config=$(sha256sum "$archive/config.json" | cut -d' ' -f1)
	mv "$archive/config.json" "$archive/$config.json"
	printf '[{"Config":"%s","RepoTags":["localhost/pmm-lab:%s"],"Layers":["%s","%s"]}]\n' \
		"$config.json" "$tag" "$base.tar" "$version.tar" >"$archive/manifest.json"
	(cd "$archive" && tar --create --file "$work/$tag.tar" --mtime=@0 --owner=0 --group=0 --sort=name \
		manifest.json "$config.json" "$base.tar" "$version.tar")
	mv "$work/$tag.tar" "$image/pmm-lab-$tag.tar"
done
echo "$image"
