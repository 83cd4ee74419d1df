# Does the service answer at URL, as a client would ask? Prints: HTTP status, seconds; 000 when nobody answers.
# -k: PMM's certificate is its own and names no address.
curl --silent --insecure --max-time "$LIMIT" --output /dev/null --write-out '%{http_code} %{time_total}\n' "$URL"
exit 0
