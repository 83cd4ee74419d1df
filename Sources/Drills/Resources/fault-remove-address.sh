# Removes the virtual IP behind Pacemaker's back.
found=$(ip -oneline address show to "$ADDRESS" | awk '{ print $2, $4; exit }')
[ -n "$found" ] || {
  echo "this node does not have $ADDRESS; see: pmm-ha status" >&2
  exit 1
}
ip address del "${found#* }" dev "${found%% *}"
