# Takes PMM's image away from this node by its name, or gives the name back.
note=/var/tmp/pmm-ha-drill-image
if [ -n "$UNDO" ]; then
  [ -s "$note" ] || exit 0
  podman tag "$(cat "$note")" "$IMAGE" && rm -f "$note"
else
  podman image inspect --format '{{.Id}}' "$IMAGE" >"$note" && podman untag "$IMAGE" "$IMAGE"
fi
