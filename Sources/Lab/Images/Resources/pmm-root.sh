#!/bin/sh
# Takes PMM's parts out of a bootstrapped Debian: mmdebstrap's customize hook.
#
#   pmm-root.sh ROOT IMAGE
#
# IMAGE gets only the files that these parts run with (pmm-build.sh adds the lab's own): loading an image on a node takes as long as it is large. Versions
# of PostgreSQL and Python are those of the Debian at hand.
set -eu
root=$1
image=$2
cd "$root"

python=$(readlink usr/bin/python3)
database=usr/lib/postgresql/$(ls usr/lib/postgresql)
[ -x "$database/bin/postgres" ] || {
	echo "not one PostgreSQL, but: $(ls usr/lib/postgresql)" >&2
	exit 1
}

# PMM 3's user. PMM 2's parts have Debian's: postgres, www-data, root.
echo 'pmm:x:1000:0:PMM:/srv:/bin/sh' >>etc/passwd

share=usr/share/pmm-lab
mkdir -p "$share"
printf '[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = pmm-lab\n' >"$share/certificate.conf"
: >"$share/ca-certs.pem"
# The group that RFC 7919 names: nothing to search for.
chroot . openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out "/$share/dhparam.pem"

# A database made now is copied at the first start, which is then as fast as any. One database is enough, and small
# segments: what is copied is made durable.
chroot . install -d -o pmm -g root -m 750 "/$share/postgres"
# shellcheck disable=SC2016 # the shell inside expands
chroot --userspec=1000:0 . /usr/bin/env HOME=/tmp sh -euc '
	bin=$1 data=$2
	$bin/initdb --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 --wal-segsize=1 --allow-group-access -D "$data" >/dev/null
	$bin/postgres --single -F -D "$data" postgres >/dev/null 2>&1 <<-SQL
		CREATE TABLE lab_settings (name text PRIMARY KEY, value text NOT NULL)
		CREATE TABLE lab_users (name text PRIMARY KEY, salt text NOT NULL, digest text NOT NULL)
		CREATE TABLE lab_rows (number bigserial PRIMARY KEY, id text UNIQUE NOT NULL)
		UPDATE pg_database SET datistemplate = false
		DROP DATABASE template0
		DROP DATABASE template1
	SQL
	$bin/pg_resetwal -D "$data" >/dev/null' sh "/$database/bin" "/$share/postgres"
cat >"$share/postgres/postgresql.conf" <<-'CONF'
	listen_addresses = '127.0.0.1'
	unix_socket_directories = '/run/postgresql'
	max_connections = 60
	shared_buffers = 16MB
	jit = off
	min_wal_size = 2MB
	max_wal_size = 64MB
	timezone = 'UTC'
	log_timezone = 'UTC'
CONF

# --- The image: the programs, the libraries that they are linked with, their data.
mkdir -p "$image"
for link in bin sbin lib lib32 lib64 libx32; do
	[ ! -L "$link" ] || cp -a "$link" "$image/$link"
	[ ! -d "usr/$link" ] || mkdir -p "$image/usr/$link"
done
keep() { cp -a --parents "$@" "$image"; }

programs="usr/bin/sh usr/bin/dash usr/bin/python3 usr/bin/$python usr/sbin/nginx usr/bin/victoria-metrics usr/bin/openssl
	$database/bin/postgres $database/bin/psql $database/bin/pg_isready"
for tool in ls cat cp rm mv ln mkdir chmod chown stat id env date df du sync sleep head tail od tr sed grep find touch sort wc kill; do
	for place in usr/bin bin; do
		[ ! -e "$place/$tool" ] || [ -L bin ] && [ "$place" = bin ] || programs="$programs $place/$tool"
	done
done
existing=
for program in $programs; do [ ! -e "$program" ] || existing="$existing $program"; done
# shellcheck disable=SC2086 # lists of paths
keep $existing usr/bin/supervisord usr/bin/supervisorctl
# shellcheck disable=SC2086
chroot . ldd $existing usr/lib/python3/dist-packages/psycopg2/*.so "usr/lib/$python/lib-dynload"/*.so 2>/dev/null |
	sed -n -e 's/.*=> \(\/[^ ]*\) .*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
	cp -L --parents "usr$library" "$image"
done

keep "usr/lib/$python" usr/lib/python3/dist-packages/psycopg2 usr/lib/python3/dist-packages/pkg_resources
for part in usr/lib/python3/dist-packages/supervisor usr/lib/python3/dist-packages/supervisor-*-info; do keep "$part"; done
(
	cd "$image/usr/lib/$python"
	rm -rf test idlelib lib2to3 tkinter turtledemo turtle.py ensurepip distutils pydoc_data asyncio sqlite3 curses dbm wsgiref \
		venv multiprocessing unittest pydoc.py doctest.py config-* lib-dynload/*test* lib-dynload/_sqlite3* lib-dynload/*_codecs_* __phello__
	cd ../python3/dist-packages
	rm -rf supervisor/tests supervisor/ui supervisor/skel
)
# Without their bytecode every start would compile the modules.
find "$image/usr/lib/$python" "$image/usr/lib/python3" -name __pycache__ -exec rm -rf {} +
chroot "$image" /usr/bin/python3 -S - "/usr/lib/$python" <<-'PYTHON'
	import compileall, py_compile, sys
	for top in (sys.argv[1], "/usr/lib/python3/dist-packages"):
	    compileall.compile_dir(top, quiet=2, workers=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
PYTHON

keep usr/lib/locale/C.utf8 usr/share/zoneinfo/Etc/UTC usr/share/zoneinfo/UTC
keep "usr/share/postgresql/${database##*/}/timezonesets" etc/passwd etc/group etc/nsswitch.conf
keep "$share"
mkdir -p "$image/usr/local/bin"
for program in postgres psql pg_isready; do ln -s "/$database/bin/$program" "$image/usr/local/bin/$program"; done
mkdir -p "$image/$database/lib" "$image/tmp" "$image/run" "$image/srv" "$image/etc" "$image/var/log/nginx" "$image/var/lib/nginx" \
	"$image/root" "$image/proc" "$image/sys" "$image/dev" "$image/etc/ssl"
[ ! -e etc/ssl/openssl.cnf ] || keep etc/ssl/openssl.cnf
[ ! -e usr/lib/ssl ] || keep usr/lib/ssl
chmod 1777 "$image/tmp"
ln -s ../run "$image/var/run"
ln -s /run/pmm/supervisord.conf "$image/etc/supervisord.conf"
for directory in pmm postgresql supervisor; do mkdir "$image/run/$directory"; done
chown -R 1000:0 "$image/srv" "$image"/run/*
chmod 775 "$image/srv" "$image"/run/*
