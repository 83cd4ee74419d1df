# Tells this boot of the node from any other: the kernel's word for it, and, in containers, which share a kernel, when the
# first process was started.
echo "$(cat /proc/sys/kernel/random/boot_id) $(sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20)"
