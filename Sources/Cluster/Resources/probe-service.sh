# Does the service answer at URL, as a client would ask? Prints: HTTP status, seconds; 000 when nobody answers. Asks again
# for WAIT seconds, where a name has to be known first.
# -k: PMM's certificate is its own and names no address.
begin=$(date +%s)
while :; do
  answer=$(curl --silent --insecure --max-time "$LIMIT" --output /dev/null --write-out '%{http_code} %{time_total}\n' "$URL")
  case $answer in "200 "*) break ;; esac
  [ $(($(date +%s) - begin)) -lt "$WAIT" ] || break
  sleep 1
done
echo "$answer"
exit 0
