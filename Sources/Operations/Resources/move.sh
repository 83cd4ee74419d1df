# Moves the service to NODE, or away from where it is when NODE is empty, and waits. crm_resource moves by a location
# constraint; it is removed again whatever happens, so that it can't bind the service for years.
require_cluster
from=$(active_node)
if [ -z "$NODE" ]; then
  NODE=$(crm_node -l | awk -v from="$from" '$2 != from { print $2; exit }')
fi
require_node "$NODE"
if [ "$from" = "$NODE" ]; then
  echo "$NODE"
  exit 0
fi
there() { [ "$(active_node)" = "$NODE" ] && [ "$(pending)" = 0 ]; }
trap 'crm_resource --clear --resource "$GROUP" --quiet >/dev/null 2>&1' EXIT
trap 'exit 130' HUP INT TERM
if ! said=$(crm_resource --move --resource "$GROUP" --node "$NODE" 2>&1); then
  echo "$said" >&2
  exit 1
fi
until_true "$LIMIT" "the service to be started on $NODE" there
echo "$NODE"
