# Makes pcs on all nodes known to each other, from this one: HOSTS is NAME=ADDRESS, separated by blanks.
# The password, in FILE, goes to pcs on its standard input: as an option, every user of the node could read it.
# shellcheck shell=sh disable=SC2154,SC2086
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY || true
arguments=
for host in $HOSTS; do
  name=${host%%=*}
  address=${host#*=}
  arguments="$arguments $name addr=$address"
  case $address in *:*) address="[$address]" ;; esac
  # pcsd may just have been started: it takes some seconds until it listens.
  tries=0
  until curl -k -s -o /dev/null --noproxy '*' --max-time 5 "https://$address:2224/"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 90 ]; then
      echo "pcsd on $name does not answer at $address port 2224: is it running there (systemctl status pcsd), and does a firewall let $(uname -n) in?" >&2
      exit 1
    fi
    sleep 1
  done
done
if ! pcs host auth $arguments -u hacluster <"$FILE"; then
  echo "pcs could not log in on every node. Where it says that the password is wrong, the nodes have different ones: remove $FILE on all of them and apply again." >&2
  exit 1
fi
