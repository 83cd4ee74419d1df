# Tells Pacemaker that OTHER, which it could not fence, is off: somebody or something has proven that.
require_cluster
unclean() { crm_mon -1 --output-as=xml | grep "<node name=\"$OTHER\"" | grep -q 'unclean="true"'; }
unclean || exit 0
stonith_admin --confirm "$OTHER" >/dev/null || {
  echo "Pacemaker does not take it: stonith_admin --confirm $OTHER" >&2
  exit 1
}
clean() { ! unclean; }
until_true "$LIMIT" "Pacemaker to go on without $OTHER" clean
