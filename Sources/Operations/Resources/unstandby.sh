# Takes NODE out of standby and waits until it is online and Pacemaker has nothing left to do.
require_cluster
require_node "$NODE"
back() {
  node_state "$NODE" | grep -q ' online="true" standby="false".* pending="false"' && [ -n "$(active_node)" ]
}
crm_standby --node "$NODE" --delete --quiet || exit 1
until_true "$LIMIT" "$NODE to be online and the service to be started" back
now=$(active_node)
echo "${now:-nowhere}"
