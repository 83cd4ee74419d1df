# What the EC2 API and the metadata service tell this node about the cluster's account: one line of JSON, within
# seconds, whatever is away. Reads only; rights to change are asked for by dry runs.
# REGION, OWN and OTHER (instance ids), VOLUME, ROUTE_TABLES (ids, separated by blanks), ADDRESS,
# ZONE and RECORD of Route 53. PROGRAM: Python.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" AWS_EC2_METADATA_DISABLED=false
if ! command -v python3 >/dev/null || ! timeout 10 python3 -c 'import importlib.util as u, sys; sys.exit(u.find_spec("boto3") is None)'; then
  section "missing boto3"
  exit 0
fi
section account
# It gives AWS 2.5 s; the limit here is for a machine that takes long to load Python itself.
# The program comes by a pipe: it has no place in an argument list.
printf '%s\n' "$PROGRAM" | REGION=$REGION OWN=$OWN OTHER=$OTHER VOLUME=$VOLUME ROUTE_TABLES=$ROUTE_TABLES ADDRESS=$ADDRESS \
  ZONE=$ZONE RECORD=$RECORD timeout -k 1 20 python3 -
section end
exit 0
