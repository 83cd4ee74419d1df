# Moves the service to NODE, or away from where it is when NODE is empty, and waits. crm_resource moves by a location
# constraint; it is removed again whatever happens, so that it can't bind the service for years.
require_cluster
from=$(active_node)
if [ -z "$NODE" ]; then
  [ -n "$from" ] || {
    echo "the service is started nowhere, so there is no other node than its own: name one" >&2
    exit 1
  }
  NODE=$(timeout -k 2 10 crm_node -l | awk -v from="$from" '$2 != from { print $2; exit }')
fi
require_node "$NODE"
if [ "$from" = "$NODE" ]; then
  echo "$NODE"
  exit 0
fi
there() { observe && [ "$(active_node)" = "$NODE" ] && ! is_busy; }
trap 'timeout -k 2 30 crm_resource --clear --resource "$GROUP" --quiet >/dev/null 2>&1' EXIT
trap 'exit 130' HUP INT TERM
if ! said=$(timeout -k 2 30 crm_resource --move --resource "$GROUP" --node "$NODE" 2>&1); then
  echo "$said" >&2
  exit 1
fi
until_true "$LIMIT" "the service to be started on $NODE" there
echo "$NODE"
