#!/bin/sh
# The password of one fencing device, for its agent's password_script: from the file beside this script, which only
# root may read.
exec cat "$0.password"
