# Functions for acts on a cluster, and for the few that wait themselves. SERVICE is the last resource of the group: when it is
# started, all before it are.

# One look: all of crm_mon's answer, in `state`. Fails where crm_mon fails, hangs or prints only a part: that has shown nothing.
observe() {
  state=$(timeout -k 2 10 crm_mon -1 --output-as=xml 2>/dev/null) || return 1
  case $state in *'<status code="0"'*'</pacemaker-result>'*) ;; *) return 1 ;; esac
}

# The node on which the last look shows the service as started with nothing pending; nothing when there is none.
active_node() {
  printf '%s\n' "$state" | awk -v id="$SERVICE" '
    /<resource / && index($0, " id=\"" id "\"") { found = /role="Started"/ && /failed="false"/ && !/ pending=/ }
    found && /<node / && match($0, / name="[^"]*"/) { print substr($0, RSTART + 7, RLENGTH - 8); exit }
    /<\/resource>/ { found = 0 }'
}

# What the last look shows of a node. Each resource lists the nodes on which it runs by an element of the same name, without
# a state.
node_state() { printf '%s\n' "$state" | grep '<node ' | grep -F " name=\"$1\"" | grep ' online="'; }

# Pacemaker starts or stops a resource in the last look. (Nodes have an attribute `pending`, too.)
is_busy() { printf '%s\n' "$state" | grep -Eq '<resource .*( pending="|role="St(art|opp)ing")'; }

# What stands in the way, for the one who waited in vain.
explain() {
  observe || {
    echo "crm_mon does not answer on $(uname -n)"
    return
  }
  printf '%s\n' "$state" | awk '
    function value(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
    /<failure / { why = value("exitreason"); print "failed: " value("op_key") " on " value("node") (why == "" ? "" : ": " why) }
    /<node / && value("online") == "false" && value("unclean") == "true" { print value("name") " is unclean: its fencing has not succeeded" }' |
    sort -u
}

# until_true SECONDS "what was waited for" COMMAND...: returns when COMMAND does. A command that reads the cluster begins
# with a look of its own.
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
  observe || {
    echo "crm_mon does not answer on $(uname -n): start the cluster there (systemctl start corosync pacemaker) or ask the other node" >&2
    exit 1
  }
}

require_node() {
  known=$(timeout -k 2 10 crm_node -l 2>&1) || {
    echo "crm_node -l failed on $(uname -n): $known" >&2
    exit 1
  }
  if ! printf '%s\n' "$known" | awk -v node="$1" '$2 == node { found = 1 } END { exit !found }'; then
    echo "no node is called '$1'; the cluster has: $(printf '%s\n' "$known" | awk '{ print $2 }' | tr '\n' ' ')" >&2
    exit 1
  fi
}
