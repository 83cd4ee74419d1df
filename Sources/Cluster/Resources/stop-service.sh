# Stops the service through Pacemaker, so that PMM ends in order and its filesystem is unmounted cleanly.
# GROUP, LIMIT (seconds)
crm_mon -1 >/dev/null 2>&1 || exit 0
crm_resource --resource "$GROUP" --query-xml >/dev/null 2>&1 || exit 0
crm_resource --resource "$GROUP" --meta --set-parameter target-role --parameter-value Stopped --quiet || exit 1
end=$(($(date +%s) + LIMIT))
while look && crm_mon -1 --output-as=xml | awk '/<group id="'"$GROUP"'"/ { g = 1 } /<\/group>/ { g = 0 }
  g && /<resource / && (/active="true"/ || /pending=/) { found = 1 } END { exit !found }'; do
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "the service has not stopped in $LIMIT s; nothing else was taken away. Look: pmm-ha status, then run destroy again" >&2
    exit 1
  fi
  rest
done
