import Core

/// What a machine's glusterd knows, read from its own files: the command line of GlusterFS asks every peer, and waits for
/// minutes for one that is dead.
package struct GlusterFacts: Sendable, Equatable, Codable {
  /// systemd's word; empty where it is not installed.
  package var daemon: String
  package var atBoot: Bool
  /// The brick's directory is there.
  package var brick: Bool
  /// Peers that have been accepted, by all of their names.
  package var peers: Set<String>
  /// nil where there is none of that name.
  package var volume: Volume?
  /// Files of which this machine's copy knows that another one lacks a change.
  package var pending: Int

  package struct Volume: Sendable, Equatable, Codable {
    package var started: Bool
    /// `198.51.100.11:-srv-glusterfs-pmm-ha`, as glusterd names a brick's file, in their order.
    package var bricks: [String]
    package var arbiters: Int
    package var options: [String: String]
  }

  /// Reads share-probe.sh's section `gluster`, and glusterd's files (11.0): peers/UUID and vols/NAME/info.
  init(_ text: String, peers: String, volume: String) {
    let values = keyValues(text)
    daemon = values["daemon"] ?? ""
    atBoot = values["boot"] == "enabled"
    brick = values["brick"] == "yes"
    pending = values["pending"].flatMap { Int($0) } ?? 0
    // state 3 is GD_FRIEND_STATE_BEFRIENDED; a file's lines are uuid, state, hostname1, hostname2, ...
    var befriended = false
    self.peers = []
    for line in peers.split(separator: "\n") {
      let (key, value) = pair(line)
      if key == "state" { befriended = value == "3" }
      if key.hasPrefix("hostname"), befriended { self.peers.insert(value) }
    }
    let info = keyValues(volume)
    self.volume = info["type"].map { _ in
      let bricks = info.filter { $0.key.hasPrefix("brick-") }.sorted { Int($0.key.dropFirst(6)) ?? 0 < Int($1.key.dropFirst(6)) ?? 0 }
      return Volume(
        started: info["status"] == "1", bricks: bricks.map(\.value), arbiters: info["arbiter_count"].flatMap { Int($0) } ?? 0,
        options: info.filter { $0.key.contains(".") })
    }
  }
}

private func pair(_ line: Substring) -> (String, String) {
  let parts = line.split(separator: "=", maxSplits: 1)
  return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
}
