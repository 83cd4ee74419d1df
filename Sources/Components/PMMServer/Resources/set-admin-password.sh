# Gives PMM's user admin the password NEW, on the node where PMM runs, and notes it in NOTE (root only), from which the next
# change takes the old one. No password stands in an argument or in a file that others can read.
# URL: https://127.0.0.1:PORT. VERSION_PATH: what answers 200 to a right login only.
# shellcheck shell=sh disable=SC2154
set -u
umask 077
fail() {
  echo "$*" >&2
  exit 1
}
# As a string of curl's configuration or of JSON: both know \\ and \".
escaped() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# request PASSWORD CURL_OPTIONS...: the HTTP status that PMM answers to the user admin with that password; 000 for none.
request() {
  password=$1
  shift
  printf 'user = "admin:%s"\n' "$(escaped "$password")" |
    curl --config - --silent --insecure --noproxy '*' --max-time 20 --output /dev/null --write-out '%{http_code}' "$@"
}
# Sets answer. PMM may be ready before its database lets anybody in, so that an answer that is neither yes nor no is waited
# for; a wrong login is not tried again, for Grafana locks a user after five of them.
login() {
  tries=0
  while :; do
    answer=$(request "$1" "$URL$VERSION_PATH") || :
    case $answer in
    200) return 0 ;;
    401 | 403) return 1 ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt "${TRIES:-30}" ] ||
      fail "PMM does not say whether the password of its user admin is right (HTTP ${answer:-000} at $URL$VERSION_PATH). Is PMM ready here? Then apply again."
    sleep 1
  done
}
note() {
  if ! printf "%s" "$NEW" >"$NOTE.new" || ! mv "$NOTE.new" "$NOTE"; then fail "$NOTE cannot be written."; fi
}

mkdir -p "${NOTE%/*}"
if login "$NEW"; then
  note
  exit 0
fi
old="admin"
if ! login "$old"; then
  old=
  if [ -r "$NOTE" ]; then
    noted=$(cat "$NOTE")
    if [ "$noted" != "$NEW" ] && login "$noted"; then old=$noted; fi
  fi
fi
if [ -n "$old" ]; then
  body=$(mktemp /run/pmm-ha-XXXXXX) || fail "no file can be made in /run: is it full?"
  trap 'rm -f "$body"' EXIT
  printf '{"oldPassword":"%s","newPassword":"%s","confirmNew":"%s"}' "$(escaped "$old")" "$(escaped "$NEW")" "$(escaped "$NEW")" >"$body"
  answer=$(request "$old" --request PUT --header 'Content-Type: application/json' --data-binary "@$body" "$URL/graph/api/user/password") || :
  rm -f "$body"
  if [ "$answer" = 200 ]; then
    login "$NEW" || fail "PMM said that it took the new password of its user admin, and does not let it in."
    note
    exit 0
  fi
fi
# Without the old one: Grafana's own tool in the container, which reads the new one from its standard input.
said=$(printf '%s\n' "$NEW" | timeout 60 podman exec --interactive pmm-server sh -c '
  if command -v grafana >/dev/null; then
    exec grafana cli --homepath=/usr/share/grafana --config=/etc/grafana/grafana.ini admin reset-admin-password --password-from-stdin
  fi
  exec change-admin-password' 2>&1) ||
  fail "the password of PMM's user admin could not be set: $(printf '%s' "$said" | tail -n 1 | cut -c 1-200). Set it by hand where PMM runs: podman exec -it pmm-server change-admin-password NEW; then apply again."
login "$NEW" || fail "the password of PMM's user admin was set in the container, and PMM does not let it in: set it by hand where PMM runs (podman exec -it pmm-server change-admin-password NEW), then apply again."
note
