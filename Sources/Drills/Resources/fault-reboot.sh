# Reboots the node in order, as an administrator does. The answer comes before its network goes.
systemctl --no-block reboot
