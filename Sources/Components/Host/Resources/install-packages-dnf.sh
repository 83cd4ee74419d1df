# Installs PACKAGES (names or paths, separated by blanks) with dnf and asks nothing.
# REPOSITORIES: ids, separated by commas, of repositories that the distribution has and does not enable.
# shellcheck shell=sh disable=SC2154,SC2086
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

# dnf itself waits for another dnf to end.
if ! dnf -q -y --setopt=install_weak_deps=False ${REPOSITORIES:+"--enablerepo=$REPOSITORIES"} install $PACKAGES; then
  echo "dnf cannot install: $PACKAGES. Look at the lines above. ${REPOSITORIES:+Pacemaker comes from the repository $REPOSITORIES: does 'dnf repolist --all' name it, and does a RHEL subscription include it? }Then apply again." >&2
  exit 1
fi
if ! rpm -q --whatprovides -- $PACKAGES >&2; then
  echo "dnf ended well, but the packages named above are not installed: run 'dnf install' for them on the node and read what it says, then apply again." >&2
  exit 1
fi
