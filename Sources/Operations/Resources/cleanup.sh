# Forgets failed actions (of RESOURCE, or all), so that Pacemaker tries again, and waits until it has.
require_cluster
# Between forgetting and looking again, a resource is in nobody's history and counts as stopped, with nothing under way:
# only the scheduler knows that there is more to come.
settled() { timeout -k 2 20 crm_simulate --live-check --run --output-as=xml 2>/dev/null | grep -q '<actions/>'; }
done_again() {
  settled && observe && ! is_busy || return 1
  case $state in *'<failure '*) return 1 ;; esac
}
if [ -n "$RESOURCE" ]; then
  crm_resource --cleanup --resource "$RESOURCE" >/dev/null 2>&1
else
  crm_resource --cleanup >/dev/null 2>&1
fi || { echo "Pacemaker refused the clean-up; is '$RESOURCE' a resource? See: pmm-ha status" >&2 && exit 1; }
[ -z "$FENCING" ] || stonith_admin --cleanup --history '*' >/dev/null 2>&1 || true
until_true "$LIMIT" "no action to be failed" done_again
now=$(active_node)
echo "${now:-nowhere}"
