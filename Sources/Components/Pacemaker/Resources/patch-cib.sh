
work=${work:?edit-cib.sh comes first}
# All changes as one patch against exactly the version that was read; the cluster refuses it if it has moved on.
edit_cib
crm_verify --xml-file "$work/new.xml" >"$work/log" 2>&1 || {
  # Warnings that the live configuration gives as well are not ours.
  CIB_file="$work/old.xml" crm_verify --verbose --xml-file "$work/old.xml" >"$work/oldlog" 2>&1 || true
  crm_verify --verbose --xml-file "$work/new.xml" >"$work/log" 2>&1 || true
  if grep -vxFf "$work/oldlog" "$work/log" >&2; then
    fail "crm_verify refuses the new configuration, so nothing was changed."
  fi
}
status=0
crm_diff --cib --original "$work/old.xml" --new "$work/new.xml" >"$work/patch.xml" || status=$?
case $status in
  0) exit 0 ;; # nothing differs: an earlier run has done it
  1) ;;
  *) fail "crm_diff failed with $status, so nothing was changed." ;;
esac
timeout 60 cibadmin --patch --xml-file "$work/patch.xml" >"$work/log" 2>&1 \
  || fail "$(cat "$work/log") The cluster did not take the change; if someone else changed it at the same moment, run apply again: it will look anew."
