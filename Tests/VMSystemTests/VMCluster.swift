import FoundationEssentials
import Testing

// A cluster on the tests' virtual machines, as it is looked at and written to.

let disk = "/dev/disk/by-id/virtio-pmm-sh"
private let url = "https://198.51.100.100"

/// The lab's own spec, whose volume has room to grow.
func writeSpec(size: String = "70%", filesystem: String = "ext4") async throws {
  let spec = try await lab("spec").output
  #expect(spec.contains("{kind: lvm, ") && spec.contains("{kind: nfs, "), "\(spec)")
  let changed = spec.replacing("{kind: lvm, ", with: "{kind: lvm, size: \(size), ")
    .replacing("filesystem: ext4", with: "filesystem: \(filesystem)")
  try Data(changed.utf8).write(to: URL(filePath: VMLab.spec))
}

/// New machines with the lab's own cluster on them, which has the row `before`. `prepare`: what a node is before that.
func buildCluster(
  filesystem: String = "ext4", prepare: String? = nil, _ location: SourceLocation = #_sourceLocation
) async throws {
  let up = try await lab("up", "--driver", "vm")
  #expect(up.status == 0, "\(up)", sourceLocation: location)
  for node in ["pmm1", "pmm2"] {
    guard let prepare else { break }
    let prepared = try await on(node, prepare)
    #expect(prepared.status == 0, "\(prepared)", sourceLocation: location)
  }
  try await writeSpec(filesystem: filesystem)
  let built = try await pmmha("apply", "--yes", "--allow-destroy", disk)
  #expect(built.status == 0, "\(built)", sourceLocation: location)
  #expect(try await post("before") == "200", sourceLocation: location)
}

/// What PMM's stand-in answers: 200 when the row is committed, and that is fsynced.
func post(_ row: String) async throws -> String {
  try await outside("curl -sk -m 20 -X POST -d '{\"id\": \"\(row)\"}' \(url)/lab/rows -o /dev/null -w '%{http_code}'").output
}

func rows() async throws -> String { try await outside("curl -sk -m 5 \(url)/lab/rows").output }

func isReady() async throws -> Bool {
  try await outside("curl -sk -m 20 \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200"
}

/// The system id of PMM's volume group, as a node sees it on the disk.
func owner(_ group: String = "pmm", seenFrom node: String = "pmm2") async throws -> String {
  try await on(node, "vgs --foreign --nohints --noheadings -o vg_systemid \(group)").output.filter { $0 != " " && $0 != "\n" }
}

func expectNothingToDo(_ location: SourceLocation = #_sourceLocation) async throws {
  let plan = try await pmmha("plan")
  #expect(plan.status == 0 && plan.output.contains("Nothing to do"), "\(plan)", sourceLocation: location)
}

/// A snapshot's cluster, once it is healthy.
func restore(_ snapshot: String, _ location: SourceLocation = #_sourceLocation) async throws {
  let restored = try await lab("snapshot restore", snapshot)
  #expect(restored.status == 0, "\(restored)", sourceLocation: location)
  #expect(try await eventually(within: 120) { try await pmmha("status").status == 0 }, sourceLocation: location)
}

/// Kills the lab's NFS server; `lab up` starts it again.
func stopShareServer() async throws {
  let kill = """
    group=$(find /sys/fs/cgroup -maxdepth 3 -type d -path '*/pmm-ha-lab-\(VMLab.name)/share'); echo 1 >"$group/cgroup.kill"
    while grep -q 'populated 1' "$group/cgroup.events"; do sleep 0.05; done
    """
  #expect(try await say("sh", ["-c", kill]).status == 0)
}
