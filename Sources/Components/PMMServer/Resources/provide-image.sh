# Brings PMM's image onto this node: pulled from its registry, or loaded from an archive, so that no start ever waits
# for a download. Notes its id for the comparison between the nodes.
# REFERENCE: image:tag. ARCHIVE: path or empty. EXPECTED: the id that the other node already has, or empty.
set -u
id() { timeout 30 podman image inspect --format '{{.Id}}' "$REFERENCE" 2>/dev/null; }
note=/var/lib/pmm-ha/pmm-image
mkdir -p /var/lib/pmm-ha
rm -f "$note"
if [ -n "$ARCHIVE" ]; then
  [ -r "$ARCHIVE" ] || {
    echo "there is no archive $ARCHIVE on this node: put it there, or take 'archive' out of the spec to pull from the registry" >&2
    exit 1
  }
  loaded=$(timeout 1800 podman load --quiet --input "$ARCHIVE" 2>&1) || {
    printf '%s\n' "$loaded" "podman cannot load $ARCHIVE: make it anew with 'podman save $REFERENCE -o FILE'" >&2
    exit 1
  }
  now=$(id) || {
    echo "$ARCHIVE holds other images than $REFERENCE: ${loaded#Loaded image*: }. Set image and tag in the spec to what it holds, or take another archive." >&2
    exit 1
  }
else
  pulled=$(timeout 3600 podman pull --quiet "$REFERENCE" 2>&1) || {
    printf '%s\n' "$pulled" "podman cannot pull $REFERENCE: check the name, the tag and this node's way to the registry, or give 'archive' in the spec" >&2
    exit 1
  }
  now=$(id) || {
    echo "$REFERENCE was pulled and is not there: look at 'podman images' on this node" >&2
    exit 1
  }
fi
if [ -n "$EXPECTED" ] && [ "$now" != "$EXPECTED" ]; then
  echo "$REFERENCE is another image here ($now) than on the other node ($EXPECTED): the tag was published anew. Remove it there with 'podman rmi $REFERENCE', then apply again." >&2
  exit 1
fi
printf %s "$now" >"$note.new"
mv "$note.new" "$note"
