/// The ids of pmm-ha's own resources in the CIB. The scripts on the nodes and the CIBs of clusters that run use them, too: they
/// do not change.
package enum ResourceID {
  /// The group that is the service; the address stands beside it.
  package static let group = "pmm"
  /// The activation of the volume group, first in the group where there is one.
  package static let volume = "pmm_lvm"
  /// The mount of the shared filesystem.
  package static let filesystem = "pmm_fs"
  /// The virtual IP.
  package static let address = "pmm_ip"
  /// PMM itself, last in the group: once it is started, all before it are.
  package static let server = "pmm_server"
  /// What the ids of all of them but the group's begin with.
  package static let prefix = "pmm_"
}
