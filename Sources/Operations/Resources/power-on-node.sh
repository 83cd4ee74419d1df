# Has Pacemaker switch NODE on again. Prints when.
if ! said=$(stonith_admin --unfence "$NODE" --timeout "$LIMIT" 2>&1); then
  [ -z "$said" ] || printf '%s\n' "$said" >&2
  echo "Pacemaker could not switch $NODE on again: switch it on by its console or BMC." >&2
  exit 1
fi
date +%s.%N
