# Installs PACKAGES (names or paths, separated by blanks) with dnf and asks nothing.
# REPOSITORIES: ids, separated by commas, of repositories that the distribution has and does not enable.
# shellcheck shell=sh disable=SC2154,SC2086
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

# dnf itself waits for another dnf to end.
if ! dnf -q -y --setopt=install_weak_deps=False ${REPOSITORIES:+"--enablerepo=$REPOSITORIES"} install $PACKAGES; then
  if [ -n "$REPOSITORIES" ]; then
    # By what people and images call them: highavailability, rhel-9-for-...-highavailability-rhui-rpms, ha.
    known=$(timeout 60 dnf -q repolist --all 2>/dev/null | awk 'tolower($0) ~ /high ?availability/ { print $1 }' | tr '\n' ' ')
    case " $known" in
    *" $REPOSITORIES "*) echo "Pacemaker comes from the repository $REPOSITORIES, which this node knows: can it reach the repository's servers?" >&2 ;;
    *) echo "Pacemaker comes from the repository $REPOSITORIES, which this node does not know (it knows of this kind: ${known:-none}): add it, on RHEL by a subscription to the High Availability Add-On." >&2 ;;
    esac
  fi
  case " $PACKAGES " in
  *' glusterfs-server '*) echo "glusterfs-server comes from the Storage SIG's repository: dnf install centos-release-gluster11." >&2 ;;
  esac
  echo "dnf cannot install: $PACKAGES. Look at the lines above, mend that on $(uname -n), then apply again." >&2
  exit 1
fi
if ! rpm -q --whatprovides -- $PACKAGES >&2; then
  echo "dnf ended well, but the packages named above are not installed: run 'dnf install' for them on the node and read what it says, then apply again." >&2
  exit 1
fi
