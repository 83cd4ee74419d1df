#!/bin/sh
# The AWS CLI for the cluster's resource agents: with the cluster's own configuration, and with limits, for by itself it
# waits 60 s for a connection, 60 s for an answer, and tries again.
export AWS_CONFIG_FILE=/etc/pmm-ha/ec2/config AWS_PAGER=''
exec timeout -k 2 30 /usr/bin/aws --cli-connect-timeout 5 --cli-read-timeout 10 "$@"
