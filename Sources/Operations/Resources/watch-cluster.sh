# What crm_mon says, look after look, for as long as somebody reads it. Each look is a frame: a line `MARK begin`, what crm_mon
# printed, a line `MARK end STATUS`. A crm_mon that fails makes a frame with its status and its words, not an empty one.
while :; do
  look
  said=$(timeout -k 2 10 crm_mon -1 --output-as=xml --inactive 2>&1)
  status=$?
  printf '%s begin\n%s\n%s end %d\n' "$MARK" "$said" "$MARK" "$status" || exit 0
  rest
done
