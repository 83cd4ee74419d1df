# How a person's commands reach a node: one ssh call each, over the connection that the terminal keeps open.
# Sourced by the other files. From the environment: ssh_config, trace (a file that gets "seconds node command" lines).

# on NODE COMMAND [password on standard input]
on() {
  began=$(date +%s.%N)
  status=0
  ssh -F "$ssh_config" "$1" "$2" || status=$?
  ended=$(date +%s.%N)
  echo "$began $ended $1 $(printf '%s' "$2" | head -n 1)" >>"$trace"
  [ "$status" -eq 0 ] || {
    echo "on $1, this ended with $status: $2" >&2
    return "$status"
  }
}

# on_both COMMAND: one terminal, then the other.
on_both() {
  on pmm1 "$1" </dev/null
  on pmm2 "$1" </dev/null
}
