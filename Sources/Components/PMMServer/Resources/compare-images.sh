# Both nodes have just fetched PMM's image, each by itself: it must be the same one.
# REFERENCE: image:tag. THEIRS: the other node's note of its image's id, as base64.
set -eu
other=$(printf %s "$THEIRS" | base64 -d)
here=$(cat /var/lib/pmm-ha/pmm-image)
if [ "$here" != "$other" ]; then
  echo "$REFERENCE is $here here and $other on the other node: the tag was published anew between the two downloads. Remove it on both with 'podman rmi $REFERENCE', then apply again." >&2
  exit 1
fi
