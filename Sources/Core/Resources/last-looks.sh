# shellcheck shell=sh
# For looks that a script takes right before it writes, removes or confirms something. A tool that fails or hangs has not
# said "no": each of these functions either has an answer or ends the script with an error that names the tool.

# must TOOL ARGUMENTS...: prints what the tool prints. Where the tool fails or takes more than 20 s, the script says so and
# ends with status 1. In a command substitution only the subshell can end: write `raw=$(must wipefs ...) || exit 1`.
# LOOK_LIMIT: another number of seconds.
must() {
  { must_said=$(timeout -k 5 "${LOOK_LIMIT:-20}" "$@" 2>&1 >&3 3>&-); } 3>&1 && return 0
  must_status=$?
  case $must_status in
  124 | 137) must_said="it did not answer in ${LOOK_LIMIT:-20} s" ;;
  127) must_said="it is not installed here" ;;
  *) must_said="exit status $must_status: $(printf '%s\n' "$must_said" | tail -n 1)" ;;
  esac
  printf "'%s' failed (%s): nothing was done after it\n" "$*" "$must_said" >&2
  exit 1
}

# The functions below return 1 after such an error: `found=$(signatures "$disk") || exit 1`.

# block_tree DEVICE: the device, its partitions and all that stands on them, one a line:
# MAJ:MIN="8:16" NAME="/dev/sdb" TYPE="disk" MOUNTPOINT=""
block_tree() {
  tree_raw=$(must lsblk -P -p -o MAJ:MIN,NAME,TYPE,MOUNTPOINT -- "$1") || return 1
  printf '%s\n' "$tree_raw" | awk '
    !/^MAJ[:_]MIN="[ 0-9]*:[ 0-9]*" NAME="\/[^"]*" TYPE="[a-z0-9_-]+" MOUNTPOINT="[^"]*"$/ { bad = 1 }
    { print }
    END { exit bad }' && return 0
  echo "lsblk's answer about $1 on $(uname -n) cannot be read: '$tree_raw'. Nothing is decided by it." >&2
  return 1
}

# mounted DEVICE: where the device, or anything on it, is mounted, separated by blanks; nothing where it is not.
mounted() {
  mounted_tree=$(block_tree "$1") || return 1
  printf '%s\n' "$mounted_tree" | awk -F '"' '
    { gsub(/ /, "", $2); numbers[$2] = 1; if ($8 != "") places[$8] = 1 }
    END {
      while ((got = (getline line <"/proc/self/mountinfo")) > 0) { split(line, field, " "); if (field[3] in numbers) places[field[5]] = 1; lines++ }
      for (place in places) printf "%s%s", (n++ ? " " : ""), place
      exit got < 0 || !lines
    }' && return 0
  echo "/proc/self/mountinfo cannot be read on $(uname -n): nothing is decided by it." >&2
  return 1
}

# beginning DEVICE: "zero" where its first MiB holds nothing but the mark of make-logical-volume.sh, "sbd" where SBD's slots
# are, else "data".
beginning() {
  beginning_zero=" 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
*"
  for range in 0:983040 983040:4096 987136:4096 991232:57344; do
    if ! beginning_raw=$(must od -A n -t x1 -j "${range%:*}" -N "${range#*:}" -- "$1" 2>&1); then
      # A partition may end before.
      beginning_size=$(must blockdev --getsize64 "$1") || return 1
      case $beginning_size in "" | *[!0-9]*) ;; *) [ "${range%:*}" -lt "$beginning_size" ] || break ;; esac
      printf '%s\n' "$beginning_raw" >&2
      return 1
    fi
    case $range$beginning_raw in
    "$range$beginning_zero") ;;
    "$range")
      echo "od read nothing of $1 on $(uname -n): nothing is decided by it." >&2
      return 1
      ;;
    0:983040" 53 42 44 5f 53 42 44 5f"*) # SBD_SBD_
      echo sbd
      return 0
      ;;
    98????:4096" 70 6d 6d 2d 68 61 20"*) ;; # "pmm-ha ": a mark, or the answer to one
    *)
      echo data
      return 0
      ;;
    esac
  done
  echo zero
}

# signatures_raw DEVICE: wipefs's lines OFFSET,UUID,LABEL,TYPE of this device alone.
signatures_raw() {
  signatures_lines=$(must wipefs --no-act --parsable -- "$1") || return 1
  printf '%s\n' "$signatures_lines" | awk -F , '
    /^#/ || /^$/ { next }
    NF != 4 || $1 !~ /^0x[0-9a-f]+$/ || $4 !~ /^[A-Za-z0-9_.-]+$/ { bad = 1 }
    { print }
    END { exit bad }' && return 0
  echo "wipefs's answer about $1 on $(uname -n) cannot be read: '$signatures_lines'. Nothing is decided by it." >&2
  return 1
}

# content DEVICE: the types of what stands on this device alone, one a line: wipefs's, "sbd", or "unknown-data" where there is
# data and none of its kind is known; nothing where it is blank.
content() {
  content_lines=$(signatures_raw "$1") || return 1
  if [ -n "$content_lines" ]; then
    printf '%s\n' "$content_lines" | awk -F , '{ print $4 }'
    return
  fi
  content_beginning=$(beginning "$1") || return 1
  case $content_beginning in
  zero) ;;
  sbd) echo sbd ;;
  *) echo unknown-data ;;
  esac
}

# partitions DEVICE: their paths, one a line.
partitions() {
  partitions_tree=$(block_tree "$1") || return 1
  printf '%s\n' "$partitions_tree" | awk -F '"' '$6 == "part" && NR > 1 { print $4 }'
}

# signatures DEVICE: the types of what stands on the device and on its partitions, each once, sorted, joined by '+'; nothing
# where all of it is blank.
signatures() {
  signatures_parts=$(partitions "$1") || return 1
  signatures_found=
  for signatures_part in "$1" $signatures_parts; do
    signatures_here=$(content "$signatures_part") || return 1
    signatures_found="$signatures_found $signatures_here"
  done
  # shellcheck disable=SC2086 # one a word
  printf '%s\n' $signatures_found | awk '
    $0 != "" && !seen[$0]++ { for (i = n++; i > 0 && sorted[i - 1] > $0; i--) sorted[i] = sorted[i - 1]; sorted[i] = $0 }
    END { for (i = 0; i < n; i++) printf "%s%s", (i ? "+" : ""), sorted[i] }'
}

# erase_signatures DEVICE: takes away what `signatures` has found, the partitions' own first: they would show up again under a
# new partition table. The zeros go first, so that what is left by an interruption is still known by its signatures.
erase_signatures() {
  erase_parts=$(partitions "$1") || return 1
  for erase_part in $erase_parts; do wipefs -q -a -- "$erase_part" || return 1; done
  dd if=/dev/zero of="$1" bs=65536 count=16 conv=notrunc,fsync 2>/dev/null || return 1
  wipefs -q -a -- "$1" || return 1
  # It fails where the disk never had a partition table, and where it cannot have one: what is on it is gone all the same.
  blockdev --rereadpt "$1" 2>/dev/null || true
}
