#!/bin/sh
# Makes moto, an EC2 API server, ready: from PyPI, in an environment of its own, once. Prints the environment's directory.
#
#   cloud-tools.sh CACHE
set -eu
version=5.2.1
place=$1/moto-$version
mkdir -p "$1"
exec 9>"$1/.moto.lock"
flock 9
if [ ! -e "$place/complete" ]; then
	{
		python3 -m venv --clear "$place" &&
			"$place/bin/pip" install --quiet --disable-pip-version-check "moto[server,ec2,iam,sts]==$version"
	} >"$1/moto.log" 2>&1 || {
		tail -n 5 "$1/moto.log" >&2
		echo "moto could not be installed into $place: it needs python3-venv and PyPI (pip's settings count)" >&2
		exit 1
	}
	: >"$place/complete"
fi
echo "$place"
