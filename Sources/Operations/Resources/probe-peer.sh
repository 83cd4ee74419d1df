# Does a machine answer at its addresses? Prints `ADDRESS answers`, `ADDRESS silent` or `ADDRESS unknown WHY`, one a line.
# ADDRESSES: separated by blanks. ping's exit status 1 is "no answer" only where it says that it has sent something.
for address in $ADDRESSES; do
  {
    said=$(timeout -k 1 10 ping -n -c 3 -i 0.3 -W 1 "$address" 2>&1)
    status=$?
    case $status:$said in
    0:*) echo "$address answers" ;;
    1:*' 0 '*received*) echo "$address silent" ;;
    *) echo "$address unknown ping ended with $status: $(printf '%s\n' "$said" | tail -n 1)" ;;
    esac
  } &
done
wait
