# After wait.sh. The last look at a node before an act that would be wrong if the node lived. It passes on what is shown,
# never on what is missing: a tool that fails, hangs, prints nothing or prints half ends the script before the act.
refuse() {
  echo "$*; ${UNDONE:-nothing was changed}" >&2
  exit 1
}

# The line of crm_mon's whole answer that is about node $1, in `shown`; empty where the answer is whole and lacks it.
read_node() {
  said=$(timeout -k 2 20 crm_mon -1 --output-as=xml 2>&1) \
    || refuse "crm_mon failed on $(uname -n), so the state of $1 is not known: $(printf '%s\n' "$said" | tail -n 1 | cut -c 1-200)"
  case $said in
  *'<nodes>'*'</nodes>'*'<status code="0"'*'</pacemaker-result>'*) ;;
  *) refuse "crm_mon gave no whole answer on $(uname -n), so the state of $1 is not known" ;;
  esac
  shown=
  inside=no
  while IFS= read -r line; do
    case $line in
    *'<nodes>'*) inside=yes ;;
    *'</nodes>'*) inside=no ;;
    *'<node'*" name=\"$1\""*) if [ $inside = yes ]; then shown=$line; fi ;;
    esac
  done <<ANSWER
$said
ANSWER
}

# Ends unless crm_mon shows node $1 as offline, not joining, and says whether it is unclean: yes or no in `unclean`.
require_offline() {
  read_node "$1"
  [ -n "$shown" ] || refuse "crm_mon does not name $1"
  case $shown in *' online="false"'*) ;; *) refuse "$1 is in the cluster, so it is not off" ;; esac
  case $shown in *' pending="false"'*) ;; *) refuse "$1 is joining the cluster, so it is not off" ;; esac
  case $shown in
  *' unclean="true"'*) unclean=yes ;;
  *' unclean="false"'*) unclean=no ;;
  *) refuse "crm_mon does not say whether $1 is unclean" ;;
  esac
}

# Ends unless Corosync lists this node and no other one. A quorum device has the number 0.
require_alone() {
  said=$(timeout -k 2 10 corosync-quorumtool -l 2>&1)
  case $said in *'(local)'*) ;; *) refuse "corosync-quorumtool -l lists no members on $(uname -n): $(printf '%s\n' "$said" | tail -n 1)" ;; esac
  while read -r id rest; do
    case $id in
    0 | '' | *[!0-9]*) continue ;;
    esac
    case $rest in
    *'(local)') ;;
    *) refuse "Corosync on $(uname -n) has another member, ${rest##* } (number $id), so it is not off" ;;
    esac
  done <<ANSWER
$said
ANSWER
}

# Ends unless node $1 is gone: offline and clean, or known neither to crm_mon nor to crm_node; and this node is alone.
require_gone() {
  read_node "$1"
  if [ -n "$shown" ]; then
    require_offline "$1"
    [ "$unclean" = no ] || refuse "$1 is unclean: it is not known to be off"
  else
    known=$(timeout -k 2 10 crm_node -l 2>&1) || refuse "crm_node -l failed on $(uname -n): $known"
    case $known in *[0-9]' '*) ;; *) refuse "crm_node -l named no node on $(uname -n): $known" ;; esac
    # Of a node that was removed, Pacemaker 2.1 remembers until its next start that it was lost.
    while read -r id name is; do
      case $name:$is in
      "$1:lost") ;;
      "$1:"*) refuse "crm_node -l names $1 (number $id, $is) and crm_mon does not" ;;
      esac
    done <<ANSWER
$known
ANSWER
  fi
  require_alone
}
