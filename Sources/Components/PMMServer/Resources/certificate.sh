# judge_certificate CERTIFICATE KEY: what stands there, in lines NAME=VALUE. `pair` is yes, no (the key is another one's),
# absent (FILE is not there) or unknown (openssl said neither); `end` is the last day, `expired` and `soon` (within 30 days) are yes
# or no. The key itself is never shown. A part of other scripts.
# shellcheck shell=sh disable=SC2154
judge_certificate() {
  for file in "$1" "$2"; do
    if [ ! -e "$file" ]; then
      echo "pair=absent $file"
      return 0
    fi
  done
  if ! command -v openssl >/dev/null; then
    echo "pair=unknown openssl is not installed"
    return 0
  fi
  if ! said=$(timeout 10 openssl x509 -in "$1" -noout -pubkey 2>&1 </dev/null); then
    echo "pair=unknown openssl cannot read $1 as a certificate"
    return 0
  fi
  ours=$said
  if ! said=$(timeout 10 openssl pkey -in "$2" -pubout -passin pass: 2>&1 </dev/null); then
    echo "pair=unknown openssl cannot read $2 as a private key without a password"
    return 0
  fi
  if [ "$said" = "$ours" ]; then echo pair=yes; else echo pair=no; fi
  echo "end=$(openssl x509 -in "$1" -noout -enddate | sed 's/^notAfter=//')"
  # Exit status 1 is the answer that it will have expired.
  openssl x509 -in "$1" -noout -checkend 0 >/dev/null
  case $? in 0) echo expired=no ;; 1) echo expired=yes ;; esac
  openssl x509 -in "$1" -noout -checkend 2592000 >/dev/null
  case $? in 0) echo soon=no ;; 1) echo soon=yes ;; esac
}
