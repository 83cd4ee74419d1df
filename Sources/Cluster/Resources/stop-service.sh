# Stops the service through Pacemaker, so that PMM ends in order and its filesystem is unmounted cleanly.
# GROUP, LIMIT (seconds)
# shellcheck shell=sh disable=SC2154
state=$(must systemctl show --property=ActiveState --value pacemaker.service) || exit 1
case $state in
inactive | failed) exit 0 ;; # There is nothing to be asked, and nothing that starts it again.
esac
# shown: the cluster's resources, in $resources.
shown() {
  resources=$(must crm_mon --one-shot --inactive --output-as=xml --include=none,resources) || return 1
  case $resources in *"<resources"*"</pacemaker-result>"*) return 0 ;; esac
  echo "crm_mon on $(uname -n) does not say what the cluster runs: nothing was taken away. See: pmm-ha status" >&2
  return 1
}
shown || exit 1
case $resources in
*"<group id=\"$GROUP\""*) ;;
*) exit 0 ;; # The cluster has no such group.
esac
timeout 60 crm_resource --resource "$GROUP" --meta --set-parameter target-role --parameter-value Stopped --quiet || {
  echo "Pacemaker on $(uname -n) does not take the order to stop $GROUP, see above: nothing was taken away. See: pmm-ha status" >&2
  exit 1
}
end=$(($(date +%s) + LIMIT))
while :; do
  look
  if shown; then
    # A group that is gone, or all of whose members are shown as neither active nor at work.
    if printf '%s\n' "$resources" | awk '/<group id="'"$GROUP"'"/ { g = 1 } /<\/group>/ { g = 0 }
      g && /<resource / && (!/active="false"/ || /pending=/) { found = 1 } END { exit found }'; then exit 0; fi
  fi
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "the service has not stopped in $LIMIT s; nothing else was taken away. Look: pmm-ha status, then run destroy again" >&2
    exit 1
  fi
  rest
done
