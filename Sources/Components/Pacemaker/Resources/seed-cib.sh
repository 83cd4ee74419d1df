# CIB: the complete configuration that Pacemaker shall start with, where it never ran.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
set -eu
umask 077
directory=/var/lib/pacemaker/cib
fail() {
  echo "$*" >&2
  exit 1
}
state=$(must systemctl show --property=ActiveState --value pacemaker.service) || exit 1
case $state in
  inactive | failed) ;;
  *) fail "systemctl says '$state' of pacemaker.service on $(uname -n), so its configuration was left alone. Run apply again: it will look anew." ;;
esac
if [ -e $directory/cib.xml ]; then
  old=$(must cat $directory/cib.xml) || exit 1
  case $old in
    "<cib "*"</cib>") ;;
    *) fail "$directory/cib.xml is no whole configuration, so it was left alone. Move it away if it is not needed, then run apply again." ;;
  esac
  case $old in
    *'crm_feature_set="3.0.0"'*) ;;
    *"<primitive "* | *"<group "* | *"<clone "* | *"<bundle "* | *"<rsc_"* | *"<fencing-level "*)
      fail "$directory/cib.xml holds the configuration of a cluster that ran here, so it was left alone. Run apply again: it will look anew."
      ;;
  esac
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s' "$CIB" >"$work/cib.xml"
# crm_verify warns of nodes that nobody has seen yet, so it is shown the configuration with both of them up.
set --
for node in $NODES; do set -- "$@" --node-up "$node"; done
(must crm_simulate --quiet --xml-file "$work/cib.xml" "$@" --quorum 1 --save-output "$work/up.xml") >"$work/log" 2>&1 \
  || fail "$(cat "$work/log") crm_simulate cannot work with the configuration, so it was not put in place."
(must crm_verify --verbose --xml-file "$work/up.xml") >"$work/log" 2>&1 \
  || fail "$(cat "$work/log") crm_verify refuses the configuration, so it was not put in place."
# Older generations and the digest of another cib.xml would make Pacemaker refuse this one.
rm -f $directory/cib.xml* $directory/cib-*.raw* $directory/cib.last
install -o hacluster -g haclient -m 0600 "$work/cib.xml" $directory/cib.xml.new
mv $directory/cib.xml.new $directory/cib.xml
