# Keeps UNIT from starting at boot; it is not masked, for masking would keep those that require it from starting too.
# shellcheck shell=sh disable=SC2154
set -eu
systemctl -q disable "$UNIT"
