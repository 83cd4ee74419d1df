# What this node sees at SHARE, the directory that both nodes shall share. Reads only.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
# A network filesystem whose server is gone answers never; only SIGKILL ends those who wait for it.
quick() { timeout -s KILL 5 "$@" 2>&1; }

echo "== share"
kind=$(quick stat -L -c %F -- "$SHARE")
status=$?
case $status in
0)
  echo "kind=$kind"
  if [ "$kind" = directory ]; then
    echo "filesystem=$(quick stat -f -c %T -- "$SHARE")"
    # The shell itself must not touch it: it cannot be killed by its own time-out.
    token=$(quick head -c 100 -- "$SHARE/.pmm-ha-share") && echo "token=$token"
  fi
  ;;
124 | 137) echo "kind=hanging" ;;
*)
  case $kind in
  *'No such file'*) echo "kind=absent" ;;
  *) echo "kind=failing: $kind" ;;
  esac
  quick test -d "$(dirname -- "$SHARE")" && echo "parent=directory"
  ;;
esac
echo "== end"
exit 0
