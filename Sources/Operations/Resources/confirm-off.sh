# After wait.sh and last-look.sh. Tells Pacemaker that OTHER, which it could not fence, is off: a device or a person has
# said so.
require_offline "$OTHER"
if [ "$unclean" = yes ]; then
  require_alone
  said=$(timeout -k 2 60 stonith_admin --confirm "$OTHER" 2>&1) || {
    [ -z "$said" ] || printf '%s\n' "$said" >&2
    echo "Pacemaker does not take the confirmation for $OTHER: stonith_admin --confirm $OTHER" >&2
    exit 1
  }
fi
