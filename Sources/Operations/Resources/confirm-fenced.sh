# After wait.sh. Tells Pacemaker that NODE is off, on a person's word, and waits until it believes it.
require_cluster
require_node "$NODE"
if crm_mon -1 --output-as=xml | grep -q "<node name=\"$NODE\" .*online=\"true\""; then
  echo "$NODE is in the cluster, so it is not off: nothing was confirmed" >&2
  exit 1
fi
if ! said=$(stonith_admin --confirm "$NODE" 2>&1); then
  printf '%s\n' "$said" >&2
  echo "Pacemaker does not take the confirmation for $NODE: see pmm-ha status" >&2
  exit 1
fi
clean() { ! crm_mon -1 --output-as=xml | grep -q "<node name=\"$NODE\" .*unclean=\"true\""; }
until_true "$LIMIT" "$NODE to count as fenced" clean
now=$(active_node)
echo "${now:-nowhere}"
