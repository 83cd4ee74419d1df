# Who is a member of the cluster and who is known to it, by two witnesses beside crm_mon, each with its exit status: a
# tool that fails has not said that a node is absent.
ask() {
  said=$(timeout -k 2 10 "$@" 2>&1)
  status=$?
  section "$1 status"
  echo "$status"
  section "$1"
  printf '%s\n' "$said"
}
ask corosync-quorumtool -l
ask crm_node -l
