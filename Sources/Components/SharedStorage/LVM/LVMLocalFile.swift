/// /etc/lvm/lvmlocal.conf with the one setting that is needed, and all else as it is.
///
/// LVM reads every section of this file, and its values win over lvm.conf's ("if other sections are present, they *will*
/// get processed", says its own text): the place for what belongs to one host, in a file of 60 lines that no package
/// update replaces. There is no directory of drop-ins, and profiles may not set what names the host.
enum LVMLocalFile {
  static let path = "/etc/lvm/lvmlocal.conf"
  static let block = """
    # BEGIN pmm-ha
    global {
    	# A volume group belongs to the node whose `uname -n` it carries: lvmsystemid(7).
    	system_id_source = "uname"
    }
    # END pmm-ha

    """

  static func wanted(_ content: String) -> String {
    if content.contains(block) { return content }
    return content + (content.isEmpty || content.hasSuffix("\n") ? "" : "\n") + block
  }
}
