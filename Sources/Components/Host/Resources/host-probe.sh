# What the node itself is: system, packages, names, clock, services. Reads only.
# DEB_PACKAGES, RPM_PACKAGES: names (for rpm also paths), separated by blanks. DIRECTORIES, TIME_FILES: paths.
# PEERS: addresses of another machine, one a ring.
# shellcheck shell=sh disable=SC2154,SC2086
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

section host
echo "clock=$(date +%s.%N)"
echo "uid=$(id -u)"
echo "name=$(uname -n)"
echo "machine=$(uname -m)"
# Two files, one process. No flags line (another architecture): nothing is said of SSE4.2.
awk '/^processor/ { cpus++ }
  /^flags/ { lines++; if ($0 ~ / sse4_2( |$)/) with++ }
  /^MemTotal:/ { print "memory=" $2 }
  END { if (cpus) print "cpus=" cpus; if (lines) print "sse4_2=" (with == lines ? "yes" : "no") }' /proc/cpuinfo /proc/meminfo
df -Pk /var/lib/containers /var/lib 2>/dev/null | awk 'NR == 2 { print "images=" $4 }'
[ -d /run/systemd/system ] && echo "systemd=yes"
[ -r /run/systemd/container ] && echo "container=$(cat /run/systemd/container)"
[ -e /usr/sbin/policy-rc.d ] && grep -qs 'pmm-ha installs packages' /usr/sbin/policy-rc.d && echo "guard=left"
[ -r /sys/fs/selinux/enforce ] && echo "selinux=$(cat /sys/fs/selinux/enforce)"

# shellcheck disable=SC2016 # dpkg-query expands
if [ -x /usr/bin/dpkg-query ]; then
  echo "podman=$(dpkg-query -W -f '${Version}' podman 2>/dev/null)"
elif [ -x /usr/bin/podman ]; then
  echo "podman=$(timeout 5 rpm -q --queryformat '%{VERSION}' podman 2>/dev/null)"
fi

section os
cat /etc/os-release 2>/dev/null

section packages
if [ -e /etc/debian_version ] && command -v dpkg-query >/dev/null; then
  # shellcheck disable=SC2016
  installed=" $(dpkg-query -W -f '${Package}=${db:Status-Status} ' -- $DEB_PACKAGES 2>/dev/null)"
  for package in $DEB_PACKAGES; do
    case $installed in
    *" $package=installed "*) ;;
    *) echo "missing $package" ;;
    esac
  done
elif command -v rpm >/dev/null; then
  timeout 5 rpm -q --whatprovides -- $RPM_PACKAGES 2>&1
fi

section pacemaker
command -v pacemakerd >/dev/null && timeout 5 pacemakerd --features 2>/dev/null

section hosts
if [ -e /etc/hosts ]; then
  # The added newline ends the section; the file's own last one stays part of it.
  cat /etc/hosts
  echo
  section "hosts mode"
  stat -c %a /etc/hosts
fi

section units
if [ -d /run/systemd/system ]; then
  # Asking systemd for a unit that does not exist is slow: it looks for it everywhere.
  set --
  for unit in corosync pacemaker sbd firewalld chrony chronyd systemd-timesyncd ntpsec ntpd ntp; do
    if [ -e /etc/systemd/system/$unit.service ] || [ -e /usr/lib/systemd/system/$unit.service ] || [ -e /lib/systemd/system/$unit.service ]; then
      set -- "$@" "$unit.service"
    fi
  done
  [ $# -eq 0 ] || timeout 5 systemctl show --property=Id,LoadState,ActiveState,UnitFileState "$@" 2>/dev/null
fi

section time
# A container's clock is its host's: nothing to ask.
if [ -r /run/systemd/container ]; then
  :
elif [ -e /run/systemd/timesync/synchronized ]; then
  echo "synchronised=yes"
elif command -v chronyc >/dev/null && [ -e /run/chrony/chronyd.pid ]; then
  timeout 2 chronyc -n tracking 2>/dev/null
fi

for file in $TIME_FILES; do
  [ -f "$file" ] || continue
  section "time file $file"
  # The added newline ends the section; the file's own last one stays part of it.
  cat "$file"
  echo
done

# firewalld by D-Bus: 20 ms a question, where firewall-cmd takes 500. Asking must not start it.
firewalld() { timeout 5 busctl --auto-start=no --json=short call org.fedoraproject.FirewallD1 "$@" 2>/dev/null; }
word() { sed -n 's/.*"data":\["\([^"]*\)"\].*/\1/p'; }
section firewall
zones=
default=
if [ -e /etc/firewalld ] && command -v busctl >/dev/null; then
  default=$(firewalld /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1 getDefaultZone | word)
fi
if [ -n "$default" ]; then
  for peer in $PEERS; do
    device=$(ip -o route get "$peer" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
    zone=$(firewalld /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone getZoneOfInterface s "$device" | word)
    zone=${zone:-$default}
    echo "zone=$zone"
    case " $zones " in *" $zone "*) ;; *) zones="$zones $zone" ;; esac
  done
fi
for zone in $zones; do
  section "firewall runtime $zone"
  firewalld /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone getZoneSettings2 s "$zone"
  section "firewall permanent $zone"
  path=$(firewalld /org/fedoraproject/FirewallD1/config org.fedoraproject.FirewallD1.config getZoneByName s "$zone" | word)
  [ -z "$path" ] || firewalld "$path" org.fedoraproject.FirewallD1.config.zone getSettings2
done

section directories
stat -c '%a %U:%G %n' $DIRECTORIES 2>/dev/null
exit 0
