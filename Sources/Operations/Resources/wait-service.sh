# Waits until the service is started, and says where. LIMIT: seconds.
runs() { crm_mon -1 >/dev/null 2>&1 && [ -n "$(active_node)" ] && [ "$(pending)" = 0 ]; }
until_true "$LIMIT" "the service to be started" runs
active_node
