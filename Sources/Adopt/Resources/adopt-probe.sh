# What somebody has built here by hand for a highly available PMM, beside Corosync's and Pacemaker's own words. Reads only.
# Values that look like secrets stay on the node.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
quick() { timeout -s KILL 5 "$@" 2>/dev/null; }
hidden() { sed -E 's/^([A-Za-z0-9_]*(PASS|SECRET|TOKEN|KEY|CREDENTIAL)[A-Za-z0-9_]*)=.*/\1=(hidden)/I'; }

section node
echo "name=$(uname -n)"
echo "uid=$(id -u)"
section links
quick corosync-cfgtool -s
section names
# The addresses of names that stand in place of addresses.
sed -n 's/^[[:space:]]*ring[01]_addr:[[:space:]]*//p' /etc/corosync/corosync.conf 2>/dev/null | sort -u | while read -r name; do
  quick getent ahosts "$name" | awk -v name="$name" '$2 == "STREAM" { print name "=" $1; exit }'
done
section addresses
quick ip -o address show

section unit
quick systemctl show --property=FragmentPath,UnitFileState,ActiveState pmm-server.service
# What podman's quadlet makes a unit from; read in its place where the generator has made none.
quadlet=/etc/containers/systemd/pmm-server.container
section "unit file"
# Without what Pacemaker adds while it runs it (50-pacemaker.conf): that is gone with the resource.
unit=$(for file in $(quick systemctl show --property=FragmentPath --property=DropInPaths --value pmm-server.service); do
  case $file in */50-pacemaker.conf) ;; *) quick cat "$file" ;; esac
done)
if [ -z "$unit" ] && [ -f "$quadlet" ]; then unit=$(quick cat "$quadlet"); fi
printf '%s\n' "$unit"
# The files that it names, by options of its own or of podman.
for file in $(printf '%s\n' "$unit" | sed -n 's/^EnvironmentFile=-\{0,1\}//p; s/^Environment="\{0,1\}PMM_ENV_FILE=\([^"]*\)"\{0,1\}$/\1/p; s/.*--env-file[= ]\([/%][^ ]*\).*/\1/p' | sed 's/^%h/\/root/'); do
  [ "${file#/}" != "$file" ] || continue
  content=$(quick cat "$file") || continue
  section "file $file"
  printf '%s\n' "$content" | hidden
done

cib=$(quick cibadmin --query) || cib=$(cat /var/lib/pacemaker/cib/cib.xml 2>/dev/null)
# A name of the disk $1 that is the same on every node and at every boot.
stable() {
  for link in /dev/disk/by-id/*; do
    if [ -e "$link" ] && [ "$(quick readlink -f -- "$link")" = "$(quick readlink -f -- "$1")" ]; then echo "$link"; fi
  done | sort -r | grep -E '/(wwn|nvme-eui|scsi-|virtio|nvme)' | head -n 1
}
section disk
device=$(printf '%s\n' "$cib" | sed -n 's/.* name="device".* value="\([^"]*\)".*/\1/p; s/.* value="\([^"]*\)" name="device".*/\1/p' | head -n 1)
if [ -n "$device" ]; then
  real=$(quick readlink -f -- "$device")
  echo "device=$device"
  echo "real=$real"
  echo "type=$(quick blkid -p -s TYPE -o value -- "$real")"
  echo "id=$(stable "$real")"
fi
if command -v vgs >/dev/null; then
  section groups
  quick vgs --noheadings --readonly --foreign --separator '|' --units b --nosuffix -o vg_name,vg_size,vg_free,vg_systemid
  section volumes
  quick lvs --noheadings --readonly --foreign --separator '|' --units b --nosuffix -o vg_name,lv_name,lv_size
  section physical
  quick pvs --noheadings --readonly --foreign --separator '|' -o pv_name,vg_name | while IFS='| ' read -r disk group; do
    echo "$disk|$group|$(stable "$disk")"
  done
fi

root=$(sed -n 's/^[[:space:]]*graphroot[[:space:]]*=[[:space:]]*"\(.*\)".*/\1/p' \
  /usr/share/containers/storage.conf /etc/containers/storage.conf 2>/dev/null | tail -n 1)
root=${root:-/var/lib/containers/storage}
section images
cat "$root"/*-images/images.json 2>/dev/null
echo
section "own disk"
# What lies where the unit binds /srv from, if nothing is mounted there.
# One option a line; named volumes by where podman keeps them.
for path in $(printf '%s\n' "$unit" | tr ' ' '\n' | sed -nE 's@^"?(Environment=)?"?PMM_VOLUME_PATH=([^"]*)"?$@\2@p
  s@.*[,=](src|source)=(/[^,]*),(.*,)?(dst|destination|target)=/srv/?(,.*)?$@\2@p
  s@.*[,=](dst|destination|target)=/srv/?,(.*,)?(src|source)=(/[^,]*).*$@\4@p
  s@^(Volume=|-v=?|--volume=)?(/[^:]*):/srv/?(:.*)?$@\2@p') \
  $(for volume in "$root"/volumes/*/_data; do
    name=${volume%/_data}
    case $unit in *"${name##*/}"* | *PMM_VOLUME_NAME*) [ ! -d "$volume" ] || echo "$volume" ;; esac
  done); do
  if [ -d "$path" ] && ! awk -v place="${path%/}" '$5 == place { found = 1 } END { exit !found }' /proc/self/mountinfo; then
    echo "$(find "$path" -mindepth 1 -maxdepth 1 | head -n 100 | wc -l) ${path%/}"
  fi
done
section end
exit 0
