# Puts NODE into standby.
require_cluster
require_node "$NODE"
crm_standby --node "$NODE" --update on --quiet
