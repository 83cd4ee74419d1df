# Whether NODE can be reached at TARGETS (lines: ADDRESS PORT). A connection that is refused has got through: nobody
# listens there yet. A firewall answers otherwise (no route to host, or nothing at all).
# shellcheck shell=sh disable=SC2154
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
printf '%s\n' "$TARGETS" | while read -r address port; do
  # shellcheck disable=SC2016 # bash expands
  said=$(timeout -s KILL 5 bash -c ': <>"/dev/tcp/$0/$1"' "$address" "$port" 2>&1) && continue
  case $said in
  *'Connection refused'*) ;;
  *)
    case $said in '' | Killed) ;; *) echo "$said" >&2 ;; esac
    echo "$(uname -n) cannot reach port $port of $NODE at $address, though its firewalld lets it through: look for a source zone there ('firewall-cmd --get-active-zones') or another firewall between them. The opening ends by itself within two minutes; then apply again." >&2
    exit 1
    ;;
  esac
done
