#!/bin/sh
# "Failover" in the runbook, by hand. From the environment: ssh_config, trace, node.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/on.sh"
# shellcheck disable=SC2154 # from the environment
on pmm1 "pcs node unstandby $node" </dev/null
