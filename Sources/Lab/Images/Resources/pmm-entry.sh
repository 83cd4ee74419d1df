#!/bin/sh
# What the container of the lab's PMM begins with: looks at /srv, initialises or migrates it, then becomes supervisord.
#
# The same contract as Percona's image of the same major version, in words and code of our own:
#   3.x  runs as the image's user pmm (uid 1000, gid 0; any uid with gid 0 will do), ports 8080 and 8443
#   2.x  starts as root, its parts run as users of their own, ports 80 and 443
# The tag's suffix chooses a variant that misbehaves: see docs/lab.md.
set -eu
share=/usr/share/pmm-lab
read -r tag <"$share/VERSION"
version=${tag%%-*}
stamp=/srv/.pmm-lab-version
say() { echo "pmm-lab: $*"; }
fatal() {
	echo "pmm-lab: fatal: $*" >&2
	exit 1
}
# Process 1 has no default action for a signal. A program in the foreground is waited for.
trap 'say "stopped while starting"; exit 143' TERM INT

case $tag in
2 | 2.* | 2-*) shape=2 http=80 https=443 database_user=postgres metrics_user=pmm ;;
*) shape=3 http=8080 https=8443 database_user='' metrics_user='' ;;
esac
me=$(id -u)
say "PMM of the lab, $tag, as uid $me"

# --- The environment: a name that PMM does not know has no effect, a value that it refuses ends the start.
is_one_of() {
	word=$1
	shift
	for other in "$@"; do [ "$word" != "$other" ] || return 0; done
	return 1
}
check_environment() {
	env | while IFS='=' read -r name value; do
		case $name in
		PATH | LANG | LC_* | HOME | HOSTNAME | TERM | PWD | OLDPWD | SHLVL | container | _ | TZ) ;;
		http_proxy | https_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY) ;;
		GF_* | VM_* | PMM_LAB_* | PMM_PUBLIC_ADDRESS | PMM_ENCRYPTION_KEY_PATH | PMM_DEV_* | PMM_CLICKHOUSE_*) ;;
		PMM_ENABLE_* | DISABLE_UPDATES | DISABLE_TELEMETRY)
			case $shape$name in
			3DISABLE_*) say "warning: unknown environment variable $name: it has no effect" ;;
			*)
				is_one_of "$value" 1 0 t f T F true false TRUE FALSE True False ||
					fatal "environment variable $name has the value '$value': write true or false"
				;;
			esac
			;;
		PMM_DATA_RETENTION | PMM_METRICS_RESOLUTION | PMM_METRICS_RESOLUTION_?R | DATA_RETENTION | METRICS_RESOLUTION | METRICS_RESOLUTION_?R)
			case $shape$name in
			3DATA_* | 3METRICS_* | 2PMM_*) say "warning: unknown environment variable $name: it has no effect" ;;
			*)
				# A duration: numbers, each with its unit.
				rest=$value
				while [ -n "$rest" ]; do
					digits=${rest%%[!0-9]*}
					rest=${rest#"$digits"}
					case $digits-$rest in
					-*) break ;;
					*-ms*) rest=${rest#ms} ;;
					*-[smh]*) rest=${rest#[smh]} ;;
					*) break ;;
					esac
				done
				if [ -z "$value" ] || [ -n "$rest" ] || [ "$value" = "${value%[smh]}" ]; then
					fatal "environment variable $name has the value '$value': write a duration with its unit, such as 720h"
				fi
				;;
			esac
			;;
		*)
			case $tag in *-refuses-env*) fatal "environment variable $name is unknown, and this variant refuses such a name" ;; esac
			say "warning: unknown environment variable $name: it has no effect"
			;;
		esac
	done
}
check_environment

# --- /srv: writable, and a tree of ours or none.
[ -w /srv ] || fatal "/srv is not writable for uid $me: its owner is uid $(stat -c '%u, gid %g, mode %a' /srv). For PMM 3: chown 1000:0"
layout='backup clickhouse grafana logs nginx postgres14 prometheus victoriametrics pmm-agent pmm-encryption.key pmm-distribution'
# shellcheck disable=SC2086 # a list of words
for entry in /srv/*; do
	name=${entry#/srv/}
	if [ ! -e "$entry" ]; then continue; fi
	if is_one_of "$name" $layout; then
		# Of PMM 2 each part owns its own.
		if [ "$shape" = 2 ] || [ -O "$entry" ] || { [ -r "$entry" ] && [ ! -d "$entry" ]; }; then continue; fi
		fatal "$entry belongs to uid $(stat -c %u "$entry") and PMM runs as uid $me: data of PMM 2 or a restored copy? Stop PMM and run: chown -R $me:0 on the directory that is /srv here"
	elif [ ! -e /srv/pmm-distribution ] && ! is_one_of "$name" lost+found postgres14.new postgres14.old pmm-distribution.new; then
		fatal "/srv holds $name, which is no part of PMM's data, and no pmm-distribution: is another service's directory mounted here?"
	fi
done
if [ "$shape" = 3 ] && [ -d /srv/postgres14 ] && [ -e /srv/postgres14/PG_VERSION ] && [ ! -O /srv/postgres14/PG_VERSION ]; then
	fatal "/srv/postgres14/PG_VERSION belongs to uid $(stat -c %u /srv/postgres14/PG_VERSION) and PMM runs as uid $me: run chown -R $me:0"
fi

# older A B: whether version A is before B, by their numbers.
older() {
	a=$1. b=$2.
	while [ -n "$a$b" ]; do
		x=${a%%.*} y=${b%%.*}
		a=${a#*.} b=${b#*.}
		[ "${x:-0}" -ge "${y:-0}" ] || return 0
		[ "${x:-0}" -le "${y:-0}" ] || return 1
	done
	return 1
}
own_database() { [ -z "$database_user" ] || chown -R "$database_user:$database_user" "$1"; }

# --- The data's version. What a power cut left of an unfinished step is begun anew; the data of before is whole until the last rename.
if [ ! -e /srv/postgres14 ] && [ -e /srv/postgres14.old ]; then
	say "a migration was cut off: the database of before is put back"
	mv /srv/postgres14.old /srv/postgres14
fi
rm -rf /srv/postgres14.new
if [ -e /srv/pmm-distribution ]; then
	data=unknown
	[ ! -e "$stamp" ] || read -r data <"$stamp"
	if [ "$data" != "$version" ]; then
		case $tag in *-refuses-data*) fatal "/srv has the data of PMM $data, and this variant of $version refuses the data of another version" ;; esac
		if [ "$data" != unknown ] && older "$version" "$data"; then
			fatal "/srv has the data of PMM $data, which is newer than this $version: going back is impossible, only with the data of before"
		fi
		case $data in 2.*) older "$version" 3.13 || fatal "/srv has the data of PMM $data: update to 3.8.1 first" ;; esac
		case $tag in
		*-slow-start*)
			seconds=${PMM_LAB_MIGRATION_SECONDS:-180} done=0
			say "migration of the data from $data to $version: begins, about $seconds s"
			cp -a /srv/postgres14 /srv/postgres14.new
			rm -rf /srv/postgres14.new/postmaster.pid /srv/backup/dump-"$data"
			cp -a /srv/postgres14.new /srv/backup/dump-"$data"
			while [ "$done" -lt "$seconds" ]; do
				say "migration of the data from $data to $version: $((done * 100 / seconds)) %"
				step=$((seconds - done > 5 ? 5 : seconds - done))
				sleep "$step" &
				wait $!
				done=$((done + step))
			done
			sync
			rm -rf /srv/postgres14.old
			mv /srv/postgres14 /srv/postgres14.old
			mv /srv/postgres14.new /srv/postgres14
			sync
			say "migration of the data from $data to $version: done"
			;;
		*) say "the data of $data becomes that of $version" ;;
		esac
	fi
fi

for directory in backup clickhouse grafana logs nginx prometheus victoriametrics pmm-agent pmm-agent/tmp; do
	[ -d "/srv/$directory" ] || mkdir "/srv/$directory"
done
if [ ! -e /srv/pmm-distribution ]; then
	say "first start: /srv is initialised"
	if [ ! -e /srv/postgres14 ]; then
		cp -a "$share/postgres" /srv/postgres14.new
		own_database /srv/postgres14.new
		chmod 700 /srv/postgres14.new
		sync
		mv /srv/postgres14.new /srv/postgres14
	fi
	chmod 770 /srv/pmm-agent/tmp
	[ -z "$metrics_user" ] || chown "$metrics_user:root" /srv/victoriametrics /srv/logs
fi
key_file=${PMM_ENCRYPTION_KEY_PATH:-/srv/pmm-encryption.key}
if [ ! -e "$key_file" ]; then
	[ ! -e /srv/pmm-distribution ] || [ "$key_file" = /srv/pmm-encryption.key ] ||
		fatal "there is no encryption key $key_file and the database has been encrypted with one: put the key there"
	(umask 077 && head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' >"$key_file.new")
	mv "$key_file.new" "$key_file"
fi
[ -r "$key_file" ] || fatal "the encryption key $key_file is not readable for uid $me"

# A certificate of one's own stays.
for file in certificate.conf ca-certs.pem dhparam.pem; do
	[ -e "/srv/nginx/$file" ] || cp "$share/$file" "/srv/nginx/$file"
done
if [ ! -e /srv/nginx/certificate.crt ] || [ ! -e /srv/nginx/certificate.key ]; then
	errors=$(umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
		-config /srv/nginx/certificate.conf -keyout /srv/nginx/certificate.key.new -out /srv/nginx/certificate.crt.new 2>&1) ||
		fatal "openssl made no certificate: $errors"
	chmod 644 /srv/nginx/certificate.crt.new
	mv /srv/nginx/certificate.key.new /srv/nginx/certificate.key
	mv /srv/nginx/certificate.crt.new /srv/nginx/certificate.crt
fi
for file in certificate.crt certificate.key; do
	[ -r "/srv/nginx/$file" ] || fatal "/srv/nginx/$file is not readable for uid $me"
done

mkdir -p /run/pmm /run/postgresql /run/supervisor
[ -z "$database_user" ] || chown "$database_user" /run/postgresql
fill() { sed -e "s/@HTTP@/$http/; s/@HTTPS@/$https/" "$share/$1" >"/run/pmm/$1"; }
fill nginx.conf
parts=$share/supervisord.conf
cp "$parts" /run/pmm/supervisord.conf
if [ "$shape" = 2 ]; then
	sed -e "/^\[supervisord\]/a user = root" -e "/^\[program:postgresql\]/a user = $database_user" \
		-e "/^\[program:victoriametrics\]/a user = $metrics_user" "$parts" >/run/pmm/supervisord.conf
	sed -i "1i user www-data;" /run/pmm/nginx.conf
fi
case $tag in
*-dies*)
	cat >>/run/pmm/supervisord.conf <<-CONF

		[program:lab-end]
		command = /bin/sh -c "sleep ${PMM_LAB_LIFE_SECONDS:-60}; echo 'pmm-lab: fatal: this variant ends now' >/proc/1/fd/2; kill -TERM 1"
		autorestart = false
		startsecs = 0
	CONF
	;;
esac
case $tag in
*-clickhouse*)
	mkdir -p /srv/clickhouse/data /srv/clickhouse/tmp
	cat "$share/clickhouse.conf" >>/run/pmm/supervisord.conf
	;;
esac
errors=$(nginx -t -q -c /run/pmm/nginx.conf 2>&1) || fatal "nginx refuses its configuration: $errors"

# Last: what is in /srv is whole, and of this version.
if [ ! -e /srv/pmm-distribution ] || [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$version" ]; then
	echo "$version" >"$stamp.new"
	printf docker >/srv/pmm-distribution.new
	sync
	mv "$stamp.new" "$stamp"
	if [ -e /srv/pmm-distribution ]; then rm /srv/pmm-distribution.new; else mv /srv/pmm-distribution.new /srv/pmm-distribution; fi
	sync
fi

# How many numbers have been given out before the database gets its own differs from start to start, as in PMM: between 0
# and 7 processes more. Numbers are small here, so an old postmaster.pid often names one that is alive.
for _ in $(head -c 7 /dev/urandom | tr -dc '\000-\177' | od -An -tu1); do (:); done
trap - TERM INT
exec supervisord --nodaemon --configuration=/run/pmm/supervisord.conf
