#!/bin/sh
# Prints the lab's control group.
#
#   lab-cgroup.sh LAB_DIR
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
echo "$lab_cgroup"
