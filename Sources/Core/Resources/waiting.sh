# shellcheck shell=sh
# For loops that wait: look, then ask, then rest. Who watches rests twice as long as the look took, from 0.1 s
# to 2 s: with pauses of 0.1 s, whatever the look cost, the watcher of a slow node took most of the processor from what it
# waited for (a look of Pacemaker's tools: 14 ms to 40 ms on ordinary machines, 0.5 s and more on emulated ones).
look() {
  read -r looked _ </proc/uptime
  looked=${looked%%.*}${looked##*.}
}
rest() {
  read -r rested _ </proc/uptime
  rested=$(((${rested%%.*}${rested##*.} - looked) * 2))
  rested=$((rested < 10 ? 10 : rested > 200 ? 200 : rested))
  sleep "$((rested / 100)).$((rested / 10 % 10))$((rested % 10))"
}
