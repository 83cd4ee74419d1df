#!/bin/sh
# Prints how this machine's apt reaches its archives (proxies, certificates,
# credentials' places), as apt.conf lines: what mmdebstrap does not take over itself.
set -eu
apt-config dump | grep -E '^Acquire::(http|https|Retries|ForceIPv)' || true
echo 'Acquire::Languages "none";'
