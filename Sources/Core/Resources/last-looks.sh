# shellcheck shell=sh
# For looks that a script takes right before it writes, removes or confirms something. A tool that fails or hangs has not
# said "no": each of these functions either has an answer or ends the script with an error that names the tool.

# must TOOL ARGUMENTS...: prints what the tool prints. Where the tool fails or takes more than 20 s, the script says so and
# ends with status 1. In a command substitution only the subshell can end: write `raw=$(must wipefs ...) || exit 1`.
must() {
  { must_said=$(timeout -k 5 20 "$@" 2>&1 >&3 3>&-); } 3>&1 && return 0
  must_status=$?
  case $must_status in
  124 | 137) must_said="it did not answer in 20 s" ;;
  127) must_said="it is not installed here" ;;
  *) must_said="exit status $must_status: $(printf '%s\n' "$must_said" | tail -n 1)" ;;
  esac
  printf "'%s' failed (%s): nothing was done after it\n" "$*" "$must_said" >&2
  exit 1
}
