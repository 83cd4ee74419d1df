# Puts NODE into standby and waits until the service is started elsewhere, or stopped where no other node can take it.
require_cluster
require_node "$NODE"
left() {
  now=$(active_node)
  [ "$now" != "$NODE" ] && [ "$(pending)" = 0 ] && { [ -n "$now" ] || ! other_can_take_it; }
}
other_can_take_it() {
  crm_mon -1 --output-as=xml | awk -v node="$NODE" '
    /<node name=/ && / id=/ && !($0 ~ "name=\"" node "\"") && /online="true"/ && /standby="false"/ && /maintenance="false"/ { found = 1 }
    END { exit !found }'
}
crm_standby --node "$NODE" --update on --quiet || exit 1
until_true "$LIMIT" "the service to leave $NODE" left
now=$(active_node)
echo "${now:-nowhere}"
