# Functions for verbs that wait until Pacemaker has done what it was asked. SERVICE is the last resource of the group:
# when it is started, all before it are. crm_resource --wait would sleep two seconds between two looks.

# The node on which the service is started with nothing pending; nothing when there is none.
active_node() {
  crm_mon -1 --output-as=xml 2>/dev/null | awk -v id="$SERVICE" '
    $0 ~ "<resource id=\"" id "\"" { found = /role="Started"/ && /failed="false"/ && !/pending=/ }
    found && /<node name=/ { sub(/.*<node name="/, ""); sub(/".*/, ""); print; exit }
    /<\/resource>/ { found = 0 }'
}

# What crm_mon says of a node. Each resource lists the nodes on which it runs by an element of the same name, without a state:
# who read that too took a node for absent as soon as anything ran there.
node_state() { crm_mon -1 --output-as=xml 2>/dev/null | grep "<node name=\"$1\" .* online=\""; }

# How many resources Pacemaker still does something with. (Nodes have an attribute of that name, too.)
pending() { crm_mon -1 --output-as=xml 2>/dev/null | grep -Ec '<resource .*( pending="|role="St(art|opp)ing")'; }

# What stands in the way, for the one who waited in vain.
explain() {
  crm_mon -1 --output-as=xml 2>/dev/null | awk '
    /<failure / {
      match($0, /op_key="[^"]*"/); op = substr($0, RSTART + 8, RLENGTH - 9)
      match($0, / node="[^"]*"/); node = substr($0, RSTART + 7, RLENGTH - 8)
      match($0, /exitreason="[^"]*"/); why = substr($0, RSTART + 12, RLENGTH - 13)
      print "failed: " op " on " node (why == "" ? "" : ": " why)
    }
    /<node name=/ && /online="false"/ && /unclean="true"/ {
      match($0, /name="[^"]*"/); print substr($0, RSTART + 6, RLENGTH - 7) " is unclean: its fencing has not succeeded"
    }' | sort -u
}

# until_true SECONDS "what was waited for" COMMAND...: returns when COMMAND does.
until_true() {
  limit=$1 what=$2
  shift 2
  end=$(($(date +%s) + limit))
  while look && ! "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then
      explain
      echo "after $limit s still waiting: $what. Pacemaker goes on; look: pmm-ha status" >&2
      exit 1
    fi
    rest
  done
}

require_cluster() {
  if ! crm_mon -1 >/dev/null 2>&1; then
    echo "the cluster does not run on this node: start it (systemctl start pacemaker) or ask the other node" >&2
    exit 1
  fi
}

require_node() {
  if ! crm_node -l | awk -v node="$1" '$2 == node { found = 1 } END { exit !found }'; then
    echo "no node is called '$1'; the cluster has: $(crm_node -l | awk '{ print $2 }' | tr '\n' ' ')" >&2
    exit 1
  fi
}
