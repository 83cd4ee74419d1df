import FoundationEssentials

/// A whole running lab of virtual machines, kept and brought back: memory and disks of one moment.
extension Lab {
  package func saveSnapshot(_ tag: String) async throws {
    try await withMachines { try await $0.run("vm-save.sh", place.path, try Self.checked(tag)) }
  }

  /// Running nodes with what they had in memory and on disk. A node that loses power afterwards boots from its disk.
  package func restoreSnapshot(_ tag: String) async throws {
    try await withMachines { try await $0.run("vm-restore.sh", place.path, try Self.checked(tag)) }
  }

  /// The tags there are.
  package func snapshots() throws -> [String] {
    _ = try record()
    let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(place.path)/snapshots")) ?? []
    return found.filter { !$0.hasPrefix(".") }.sorted()
  }

  private func withMachines(_ act: (HostShell) async throws -> Void) async throws {
    let lock = try await lock {}
    defer { _ = lock }
    guard try record().driver == .vm else {
      throw LabFailure("containers have no snapshots: their memory is this machine's", hint: "pmm-ha lab up --driver vm")
    }
    try place.writeScripts()
    try await act(HostShell(directory: place))
  }

  private static func checked(_ tag: String) throws -> String {
    let valid =
      (1...32).contains(tag.utf8.count)
      && tag.utf8.enumerated().allSatisfy {
        (97...122).contains($1) || (48...57).contains($1) || (65...90).contains($1) || ($0 > 0 && ($1 == 45 || $1 == 46 || $1 == 95))
      }
    guard valid else {
      throw LabFailure(
        "'\(tag)' cannot name a snapshot", hint: "use 1 to 32 letters, digits, '-', '.' and '_', beginning with a letter or digit")
    }
    return tag
  }
}
