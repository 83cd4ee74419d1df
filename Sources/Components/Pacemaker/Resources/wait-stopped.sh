# Waits until none of MEMBERS, the service's resources, runs anywhere. TIMEOUT: seconds.
# shellcheck shell=sh disable=SC2154
PATH=/usr/sbin:/usr/bin:/sbin:/bin
deadline=$(($(date +%s) + TIMEOUT))
left=$MEMBERS
while [ "$(date +%s)" -lt "$deadline" ]; do
  look
  state=$(timeout 10 crm_mon --one-shot --inactive --output-as=xml --include=none,resources) || state=
  left=
  for member in $MEMBERS; do
    case $state in
      *"<resource id=\"$member\" "*)
        printf '%s\n' "$state" | grep "<resource id=\"$member\" " | grep -q -e ' active="true"' -e ' pending=' && left="$left $member"
        ;;
      # Not configured, or nothing was said at all.
      *"<resources"*) ;;
      *) left="$left $member" ;;
    esac
  done
  [ -n "$left" ] || exit 0
  rest
done
timeout 10 crm_mon --one-shot --include=none,failures >&2
echo "Still running after $TIMEOUT s:$left. Nothing else was changed. See why it does not stop ('journalctl -u pacemaker'), then apply again: it goes on from here." >&2
exit 1
