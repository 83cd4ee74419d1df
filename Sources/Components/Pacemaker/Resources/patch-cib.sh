
# After edit-cib.sh. All changes as one patch against exactly the version that was read; the cluster refuses it if it
# has moved on since, be it by the result of some monitor: then all is made once more from what it is now.
work=${work:?set by edit-cib.sh}
tries=5
verify() { timeout -k 5 "${LOOK_LIMIT:-60}" crm_verify --verbose --xml-file "$1"; }
while :; do
  edit_cib
  # Verified as it will be when Pacemaker has carried it out: before that crm_verify would warn of each resource that
  # is to be stopped. What it has to say of the live configuration as well is not this change's fault.
  (must crm_simulate --simulate --quiet --xml-file "$work/new.xml" --save-output "$work/after.xml") >"$work/log" 2>&1 \
    || fail "$(cat "$work/log") crm_simulate cannot work with the new configuration, so nothing was changed."
  status=0
  verify "$work/after.xml" >"$work/log" 2>&1 || status=$?
  case $status in
    0) ;;
    # CRM_EX_CONFIG: it has looked, and finds something wrong. Any other status is a tool that could not look.
    78)
      [ -s "$work/log" ] || fail "crm_verify refuses the new configuration and says nothing, so nothing was changed."
      status=0
      verify "$work/old.xml" >"$work/oldlog" 2>&1 || status=$?
      case $status in 0 | 78) ;; *) fail "crm_verify gave no answer about the live configuration (exit status $status), so nothing was changed." ;; esac
      if grep -vxFf "$work/oldlog" "$work/log" >&2; then
        fail "crm_verify refuses the new configuration, so nothing was changed."
      fi
      ;;
    *) fail "crm_verify gave no answer (exit status $status): $(tail -n 1 "$work/log"); nothing was changed." ;;
  esac
  status=0
  timeout 60 crm_diff --cib --original "$work/old.xml" --new "$work/new.xml" >"$work/patch.xml" || status=$?
  case $status in
    0) exit 0 ;; # nothing differs: an earlier run has done it
    1) ;;
    *) fail "crm_diff failed with $status, so nothing was changed." ;;
  esac
  if timeout 60 cibadmin --patch --xml-file "$work/patch.xml" >"$work/log" 2>&1; then
    # Before Pacemaker 3.0.2 cibadmin can say that it was done where it was not.
    (must cibadmin --query) >"$work/now.xml" 2>"$work/log" || fail "$(cat "$work/log") The change was handed to the cluster, and cibadmin cannot read whether it has it. Run apply again: it will look anew."
    status=0
    timeout 60 crm_diff --cib --original "$work/new.xml" --new "$work/now.xml" >"$work/rest.xml" || status=$?
    case $status in
      0) exit 0 ;;
      1) ;;
      *) fail "The change was handed to the cluster, and crm_diff failed with $status, so it is not known whether the cluster has it. Run apply again: it will look anew." ;;
    esac
    # What Pacemaker notes of its resources meanwhile stands in the status section.
    grep -q 'path="/cib/configuration' "$work/rest.xml" || exit 0
    fail "cibadmin reported that the change was made, and the cluster's configuration is another one. Run apply again: it will look anew."
  fi
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "$(cat "$work/log") The cluster does not take the change. Run apply again: it will look anew."
done
