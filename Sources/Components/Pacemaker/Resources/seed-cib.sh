# CIB: the complete configuration that Pacemaker shall start with, where it never ran.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
set -eu
umask 077
directory=/var/lib/pacemaker/cib
fail() {
  echo "$*" >&2
  exit 1
}
if systemctl is-active --quiet pacemaker.service; then
  fail "Pacemaker runs already, so its configuration was left alone. Run apply again: it will look anew."
fi
if [ -e $directory/cib.xml ] && ! grep -q 'crm_feature_set="3.0.0"' $directory/cib.xml \
  && grep -Eq '<(primitive|group|clone|bundle|rsc_[a-z]+|fencing-level) ' $directory/cib.xml; then
  fail "$directory/cib.xml holds the configuration of a cluster that ran here, so it was left alone. Run apply again: it will look anew."
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s' "$CIB" >"$work/cib.xml"
# crm_verify warns of nodes that nobody has seen yet, so it is shown the configuration with both of them up.
set --
for node in $NODES; do set -- "$@" --node-up "$node"; done
crm_simulate --quiet --xml-file "$work/cib.xml" "$@" --quorum 1 --save-output "$work/up.xml" >"$work/log" 2>&1 \
  || fail "$(cat "$work/log") crm_simulate cannot work with the configuration, so it was not put in place."
crm_verify --verbose --xml-file "$work/up.xml" >"$work/log" 2>&1 \
  || fail "$(cat "$work/log") crm_verify refuses the configuration, so it was not put in place."
# Older generations and the digest of another cib.xml would make Pacemaker refuse this one.
rm -f $directory/cib.xml* $directory/cib-*.raw* $directory/cib.last
install -o hacluster -g haclient -m 0600 "$work/cib.xml" $directory/cib.xml.new
mv $directory/cib.xml.new $directory/cib.xml
