# Installs PACKAGES (names, separated by blanks; none to finish what was interrupted) with apt, asks nothing, removes nothing, and leaves no cluster running:
# Debian would start Corosync with a cluster of one node, which then is in the way of the real one.
# shellcheck shell=sh disable=SC2154,SC2086
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none PATH="$PATH:/usr/sbin:/sbin"
guard=/usr/sbin/policy-rc.d
mark='pmm-ha installs packages'

has() {
  # shellcheck disable=SC2016
  [ "$(dpkg-query -W -f '${db:Status-Status}' -- "$1" 2>/dev/null)" = installed ]
}

# Whether Corosync and Pacemaker are new here: only then is what they start and leave behind nobody's cluster. The
# guard remembers it over an interruption.
new=no
if ! has corosync && ! has pacemaker && [ ! -e /var/lib/pacemaker/cib/cib.xml ] && [ ! -e /etc/corosync/corosync.conf ]; then
  new=yes
elif grep -qs "$mark; new=yes" "$guard"; then
  new=yes
fi

release() {
  if grep -qs "$mark" "$guard"; then rm -f "$guard"; fi
}
trap release EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# A guard of someone else's stays; what starts in spite of it is stopped below.
if [ ! -e "$guard" ]; then
  cat >"$guard.pmm-ha" <<EOF
#!/bin/sh
# $mark; new=$new: invoke-rc.d asks here whether a new service may start at once.
case "\$1" in
corosync* | pacemaker* | pcsd* | sbd*) exit 101 ;;
esac
exit 0
EOF
  chmod 755 "$guard.pmm-ha"
  mv "$guard.pmm-ha" "$guard"
fi

install() {
  apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    --no-install-recommends --no-remove install -- $PACKAGES
}

# The package lists are only fetched where the ones at hand are missing or too old, and an installation that was cut
# off is finished first: both show as a failure of the first try.
if ! install; then
  dpkg --configure -a --force-confdef --force-confold || true
  lists="could not be fetched, see above: can the node reach the servers in /etc/apt/sources.list.d?"
  # Another apt may be fetching them at this moment.
  for pause in 5 10 20 0; do
    if apt-get -q -o APT::Update::Error-Mode=any update; then
      lists="are up to date: do the package sources in /etc/apt offer these packages?"
      break
    fi
    sleep "$pause"
  done
  if ! install; then
    echo "apt-get cannot install: $PACKAGES. The package lists $lists Then apply again." >&2
    exit 1
  fi
fi

for package in $PACKAGES; do
  if ! has "$package"; then
    echo "apt-get ended well, but $package is not installed: run 'apt-get install $package' on the node and read what it says, then apply again." >&2
    exit 1
  fi
done

# Only the package's example is taken away: by the time that an interrupted run is finished, there may be a real one.
if [ "$new" = yes ] && grep -qs 'cluster_name: debian' /etc/corosync/corosync.conf; then
  systemctl -q disable corosync.service pacemaker.service 2>/dev/null || true
  systemctl -q stop pacemaker.service corosync.service 2>/dev/null || true
  rm -f /etc/corosync/corosync.conf /var/lib/corosync/ringid_* /var/lib/pacemaker/cib/cib*
fi
