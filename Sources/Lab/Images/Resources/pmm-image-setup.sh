#!/bin/sh
# Makes the root of PMM's stand-in out of a bootstrapped Debian: mmdebstrap's customize hook.
#
#   pmm-image-setup.sh ROOT IMAGE
#
# IMAGE gets only the files that the stand-in runs with: loading an image on a
# node takes as long as it is large.
set -eu
root=$1
image=$2
here=$(dirname "$0")

share=$root/usr/share/pmm-lab
mkdir -p "$share"
install -m 755 "$here/pmm-lab.py" "$share/pmm-lab.py"
install -m 644 "$here/pmm-lab-nginx.conf" "$share/nginx.conf"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
	-subj /CN=pmm-lab -keyout "$share/certificate.key" -out "$share/certificate.crt" 2>/dev/null
chmod 644 "$share/certificate.key"

# A database made now is copied at the first start, which is then as fast as any.
# One database is enough, and small segments: what is copied is made durable.
chroot "$root" install -d -o postgres -g postgres -m 700 /usr/share/pmm-lab/postgres
# shellcheck disable=SC2016 # the shell inside expands
chroot "$root" su postgres -s /bin/sh -c '
	set -e
	data=/usr/share/pmm-lab/postgres
	bin=/usr/lib/postgresql/15/bin
	$bin/initdb --no-sync --auth=trust --encoding=UTF8 --locale=C.UTF-8 --wal-segsize=1 -D $data >/dev/null
	$bin/postgres --single -F -D $data template1 >/dev/null 2>&1 <<-SQL
		CREATE TABLE lab_ready (written timestamptz NOT NULL)
		INSERT INTO lab_ready VALUES (now())
		CREATE TABLE lab_rows (number bigserial PRIMARY KEY, id text UNIQUE NOT NULL)
		UPDATE pg_database SET datistemplate = false
		DROP DATABASE template0
		DROP DATABASE postgres
	SQL
	$bin/pg_resetwal -D $data >/dev/null'
cat >"$share/postgres/postgresql.conf" <<-'CONF'
	listen_addresses = ''
	unix_socket_directories = '/run/postgresql'
	max_connections = 60
	shared_buffers = 16MB
	jit = off
	min_wal_size = 2MB
	max_wal_size = 64MB
	timezone = 'UTC'
	log_timezone = 'UTC'
	log_min_messages = fatal
CONF

# --- The image: the programs, the libraries they are linked with, their data.
mkdir -p "$image"
cd "$root"
for link in bin sbin lib lib32 lib64 libx32; do
	[ ! -L "$link" ] || cp -a "$link" "$image/$link"
	[ ! -d "usr/$link" ] || mkdir -p "$image/usr/$link"
done
keep() { cp -a --parents "$@" "$image"; }

programs='usr/bin/sh usr/bin/dash usr/bin/python3 usr/bin/python3.11 usr/sbin/nginx
	usr/bin/ls usr/bin/cat usr/bin/cp usr/bin/rm usr/bin/mkdir usr/bin/chown usr/bin/sleep usr/bin/env usr/bin/date usr/bin/df
	usr/lib/postgresql/15/bin/postgres usr/lib/postgresql/15/bin/psql'
# shellcheck disable=SC2086 # lists of paths
keep $programs
# shellcheck disable=SC2086
chroot . ldd $programs usr/lib/python3/dist-packages/psycopg2/*.so usr/lib/python3.11/lib-dynload/*.so 2>/dev/null |
	sed -n -e 's/.*=> \(\/[^ ]*\) .*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
	cp -L --parents "usr$library" "$image"
done

rm -rf usr/lib/python3.11/lib-dynload/*test* usr/lib/python3.11/lib-dynload/_sqlite3* usr/lib/python3.11/__pycache__
for module in usr/lib/python3.11/*.py usr/lib/python3.11/lib-dynload; do keep "$module"; done
for package in collections concurrent email encodings html http importlib json logging re urllib; do
	keep "usr/lib/python3.11/$package"
done
keep usr/lib/python3/dist-packages/psycopg2
# Without their bytecode every start would compile the modules.
find "$image/usr/lib/python3.11" "$image/usr/lib/python3" -name __pycache__ -exec rm -rf {} +
chroot "$image" /usr/bin/python3 -S - <<-'PYTHON' 2>/dev/null || true
	import py_compile, pathlib
	for top in ("/usr/lib/python3.11", "/usr/lib/python3/dist-packages"):
	    for file in pathlib.Path(top).rglob("*.py"):
	        py_compile.compile(str(file), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
PYTHON

keep usr/lib/locale/C.utf8 usr/share/zoneinfo/Etc/UTC usr/share/zoneinfo/UTC
keep usr/share/postgresql/15/timezonesets etc/passwd etc/group etc/nsswitch.conf
keep usr/share/pmm-lab
mkdir -p "$image/usr/lib/postgresql/15/lib" "$image/tmp" "$image/run" "$image/srv" "$image/etc" "$image/var/log/nginx" "$image/var/lib" "$image/root" \
	"$image/proc" "$image/sys" "$image/dev"
chmod 1777 "$image/tmp"
ln -s ../run "$image/var/run"
