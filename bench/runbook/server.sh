# "Set up PMM Server": configuration on the share, the unit on each node. Sourced by build.sh.
on pmm1 "mkdir -p $share/pmm" </dev/null

on pmm1 "cat << \"EOF\" > $share/pmm/pmm-server.env
# env file passed to the container
# full list of environment variables:
# https://www.percona.com/doc/percona-monitoring-and-management/2.x/setting-up/server/docker.html#environment-variables

# keep updates disabled
# do image replacement instead (update the tag and restart the service)
DISABLE_UPDATES=1

# Enable DBaaS feature
#ENABLE_DBAAS=1
EOF" </dev/null

on pmm1 "cat << \"EOF\" > $share/pmm/env
PMM_TAG=$tag
PMM_IMAGE=$image
EOF" </dev/null

on_both "cat << \"EOF\" > /usr/lib/systemd/system/pmm-server.service
[Unit]
Description=pmm-server
Wants=network-online.target
After=network-online.target
After=nss-user-lookup.target nss-lookup.target
After=time-sync.target

[Service]
Type=simple

# set environment for this unit
Environment=PMM_PUBLIC_PORT=443
Environment=PMM_VOLUME_PATH=${volume:-/mnt/pmm-server/srv}
Environment=PMM_TAG=$tag
Environment=PMM_IMAGE=$image
Environment=PMM_ENV_FILE=$share/pmm/pmm-server.env

# optional env file that could override previous env settings for this unit
EnvironmentFile=-$share/pmm/env

ExecStart=/usr/bin/podman run --rm --replace=true --name=%N -p \${PMM_PUBLIC_PORT}:${container_port:-443}/tcp --ulimit=host --mount=type=bind,src=\${PMM_VOLUME_PATH},dst=/srv,relabel=shared --env-file=\${PMM_ENV_FILE} --health-cmd=none --health-interval=disable \${PMM_IMAGE}:\${PMM_TAG}
ExecStop=/usr/bin/podman stop -t 10 %N
Restart=on-failure
RestartSec=20

[Install]
Alias=%N
WantedBy=default.target

EOF"

on_both "systemctl daemon-reload"
on_both "systemctl status chronyd >/dev/null"
