# Does Pacemaker answer on this node?
if crm_node --quorum >/dev/null 2>&1; then echo running; else echo stopped; fi
