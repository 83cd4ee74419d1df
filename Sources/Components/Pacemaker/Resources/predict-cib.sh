
# After edit-cib.sh. What Pacemaker would do if the changes were made, and what it would do anyway. Reads only.
work=${work:?set by edit-cib.sh}
edit_cib 2>&1
section now
crm_simulate --run --xml-file "$work/old.xml" --output-as=xml 2>&1
section "then"
crm_simulate --run --xml-file "$work/new.xml" --output-as=xml 2>&1
