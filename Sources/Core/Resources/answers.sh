# shellcheck shell=sh
# section NAME: what the script prints from here on belongs to the section NAME of its answer. The transport sets
# section_mark to random text, so that a file that a script prints cannot begin a section; without a transport it is "== ".
section() { printf '%s%s\n' "${section_mark-== }" "$*"; }
