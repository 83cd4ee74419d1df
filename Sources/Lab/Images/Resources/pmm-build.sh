#!/bin/sh
# Builds container images of the lab's PMM, localhost/pmm-lab:TAG, as archives for `podman load`, and prints the directory
# they lie in (pmm-lab-TAG.tar).
#
#   pmm-build.sh CACHE TAG...
#
# TAG is a version, and maybe a variant's suffix: see docs/lab.md. No registry and no build tool: a docker archive is layers
# and two small JSON files. The tags share one layer with PMM's parts and differ in a second one, with the lab's own programs and
# their VERSION, and in their configuration. Every node that loads an archive has the same image id. Packages come from where apt on this machine
# has them.
set -eu
cache=$1
shift
here=$(dirname "$0")

# shellcheck source=/dev/null
. /etc/os-release
suite=${VERSION_CODENAME:?}
architecture=$(dpkg --print-architecture)
# sum FILE...: what a layer's or an image's name carries, so that a changed recipe is another one.
sum() { { cat "$@" && echo "$suite $architecture"; } | sha256sum | cut -c1-12; }
image=$cache/images/pmm-lab-$(sum "$0" "$here/pmm-root.sh" "$here"/pmm-entry.sh "$here"/pmm-manager.py "$here"/pmm-nginx.conf \
	"$here"/pmm-supervisord.conf "$here"/pmm-health.py "$here"/change-admin-password.sh "$here"/pmm-clickhouse*)

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

# layer DIRECTORY NAME: the same tree gives the same bytes: NAME.tar.zst, and NAME.id with the sum of what is in it. A node
# spends a second less on it than on gzip, and a second more than on a layer that is not compressed and three times as large.
layer() {
	tar --create --file "$work/$2.tar" --directory "$1" --sort=name --numeric-owner --mtime=@0 \
		--format=pax --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime .
	sha256sum "$work/$2.tar" | cut -d' ' -f1 >"$work/$2.id"
	zstd --quiet --rm -10 "$work/$2.tar"
}

# bootstrap NAME PACKAGES HOOK: a Debian with PACKAGES, out of which HOOK (a script of here) takes what the layer NAME has: NAME.tar.zst
# in the directory $parts, with NAME.id beside it.
bootstrap() {
	parts=$cache/images/pmm-parts-$1-$(sum "$here/$3")
	[ ! -e "$parts/$1.tar.zst" ] || return 0
	sh "$here/apt-sources.sh" >"$work/sources.list"
	sh "$here/apt-options.sh" >"$work/apt.conf"
	# shellcheck disable=SC2016 # the hook's shell expands
	if ! mmdebstrap --quiet --variant=minbase --mode=root \
		--include="$2" \
		--aptopt="$work/apt.conf" --dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
		--customize-hook="sh '$here/$3' \"\$1\" '$work/image-$1'" \
		"$suite" "$work/root" "$work/sources.list" </dev/null >"$work/build.log" 2>&1; then
		tail -n 30 "$work/build.log" >&2
		cp "$work/build.log" "$cache/images/pmm-lab-failed.log"
		echo "the lab's PMM could not be built; the whole log: $cache/images/pmm-lab-failed.log" >&2
		exit 1
	fi
	rm -rf --one-file-system "$work/root"
	mkdir -p "$parts"
	layer "$work/image-$1" "$1"
	mv "$work/$1.id" "$parts/$1.id"
	mv "$work/$1.tar.zst" "$parts/$1.tar.zst"
}

# own DIRECTORY TAG: the lab's own programs.
own() {
	mkdir -p "$1/opt" "$1/usr/local/sbin" "$1/usr/share/pmm-lab"
	install -m 755 "$here/pmm-entry.sh" "$1/opt/entrypoint.sh"
	install -m 755 "$here/change-admin-password.sh" "$1/usr/local/sbin/change-admin-password"
	for file in manager.py health.py nginx.conf supervisord.conf clickhouse.conf clickhouse.xml clickhouse-users.xml; do
		install -m 644 "$here/pmm-$file" "$1/usr/share/pmm-lab/$file"
	done
	echo "$2" >"$1/usr/share/pmm-lab/VERSION"
}

bootstrap base postgresql,nginx-light,python3,python3-psycopg2,supervisor,victoria-metrics,openssl pmm-root.sh
base=$parts/base

for tag in "$@"; do
	[ ! -e "$image/pmm-lab-$tag.tar" ] || continue
	layers=$base
	case $tag in
	*-clickhouse*)
		if [ -z "$(apt-cache policy clickhouse-server 2>/dev/null | sed -n 's/^  Candidate: \([^(].*\)/\1/p')" ]; then
			echo "Debian $suite has no package clickhouse-server, so there is no PMM of the lab with the tag $tag: leave -clickhouse out" >&2
			exit 1
		fi
		bootstrap clickhouse clickhouse-server,python3-minimal pmm-clickhouse.sh
		layers="$base $parts/clickhouse"
		;;
	esac
	# PMM 2 starts as root, and its ports are below 1024.
	case $tag in
	2 | 2.* | 2-*) user=root health=http://127.0.0.1:80/v1/readyz ports='"80/tcp":{},"443/tcp":{}' ;;
	*) user=pmm health=http://127.0.0.1:8080/v1/server/readyz ports='"8080/tcp":{},"8443/tcp":{}' ;;
	esac
	archive=$work/$tag
	mkdir -p "$archive" "$image"
	own "$work/own-$tag" "$tag"
	layer "$work/own-$tag" "own-$tag"
	ids='' files='' history='' names=''
	for layer in $layers "$work/own-$tag"; do
		id=$(cat "$layer.id")
		ln "$layer.tar.zst" "$archive/$id.tar"
		ids="$ids${ids:+,}\"sha256:$id\"" files="$files${files:+,}\"$id.tar\"" names="$names $id.tar"
		history="$history${history:+,}{\"created\":\"1970-01-01T00:00:00Z\"}"
	done
	cat >"$archive/config.json" <<-JSON
		{"architecture":"$architecture","os":"linux","created":"1970-01-01T00:00:00Z",
		 "config":{"User":"$user","Cmd":["/opt/entrypoint.sh"],"StopSignal":"SIGTERM","WorkingDir":"/opt",
		           "Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","LANG=C.UTF-8"],
		           "Healthcheck":{"Test":["CMD","python3","-I","-S","/usr/share/pmm-lab/health.py","$health"],
		                          "Interval":3000000000,"Timeout":2000000000,"StartPeriod":10000000000,"Retries":3},
		           "Volumes":{"/srv":{}},"ExposedPorts":{$ports},"Labels":{"org.opencontainers.image.version":"$tag"}},
		 "rootfs":{"type":"layers","diff_ids":[$ids]},
		 "history":[$history]}
	JSON
	config=$(sha256sum "$archive/config.json" | cut -d' ' -f1)
	mv "$archive/config.json" "$archive/$config.json"
	printf '[{"Config":"%s","RepoTags":["localhost/pmm-lab:%s"],"Layers":[%s]}]\n' \
		"$config.json" "$tag" "$files" >"$archive/manifest.json"
	# shellcheck disable=SC2086 # a list of names
	(cd "$archive" && tar --create --file "$work/$tag.tar" --mtime=@0 --owner=0 --group=0 --sort=name manifest.json "$config.json" $names)
	mv "$work/$tag.tar" "$image/pmm-lab-$tag.tar"
done
echo "$image"
