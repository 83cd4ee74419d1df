# What runs on this node, KEY=VALUE a line, and the SHA-256 of SPEC, the spec's text.
echo "pacemaker=$(pacemakerd --version 2>/dev/null | sed -n '1s/^Pacemaker //p')"
echo "corosync=$(corosync -v 2>/dev/null | sed -n "1s/.*version '\(.*\)'.*/\1/p")"
echo "podman=$(podman --version 2>/dev/null | sed 's/.* //')"
echo "kernel=$(uname -r)"
echo "system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
echo "spec=$(printf '%s' "$SPEC" | sha256sum | cut -d ' ' -f 1)"
