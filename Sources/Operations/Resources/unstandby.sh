# Takes NODE out of standby.
require_cluster
require_node "$NODE"
crm_standby --node "$NODE" --delete --quiet
