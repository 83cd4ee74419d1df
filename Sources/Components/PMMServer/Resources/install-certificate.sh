# Puts the certificate CERTIFICATE with its key KEY and, where given, the authorities AUTHORITIES where the running PMM reads
# them, and has its nginx read them anew: no restart. Written by the container's own user, which owns that directory, so that
# nothing there can lead root astray. certificate.sh stands before this.
# shellcheck shell=sh disable=SC2154
set -u
fail() {
  echo "$*" >&2
  exit 1
}
judged=$(judge_certificate "$CERTIFICATE" "$KEY")
case $judged in
*pair=yes*expired=no*) ;;
*) fail "$CERTIFICATE and $KEY are not what they were when the plan was made ($(echo "$judged" | head -n 1)): nothing was changed. Plan again." ;;
esac
# put FILE NAME MODE
put() {
  timeout 30 podman exec --interactive pmm-server sh -c "umask 077 && cat >/srv/nginx/$2.new && chmod $3 /srv/nginx/$2.new" <"$1" ||
    fail "$2 could not be written in PMM's container: is its filesystem full? PMM goes on with the old one. Then apply again."
}
put "$KEY" certificate.key 600
put "$CERTIFICATE" certificate.crt 644
[ -z "$AUTHORITIES" ] || put "$AUTHORITIES" ca-certs.pem 644
# The three are in place at once for nginx, which reads them when it is told to.
# shellcheck disable=SC2016 # the container's shell expands
timeout 30 podman exec pmm-server sh -c '
  set -e
  cd /srv/nginx
  for name in certificate.key certificate.crt ca-certs.pem; do
    [ ! -e "$name.new" ] || mv -f "$name.new" "$name"
  done' || fail "the new certificate could not be put in its place in PMM's container: see above; then apply again."
said=$(timeout 30 podman exec pmm-server nginx -s reload 2>&1) ||
  fail "the new certificate is in its place, and PMM's nginx does not read it: $(printf '%s' "$said" | tail -n 1 | cut -c 1-200). It takes effect at the next start of PMM."
