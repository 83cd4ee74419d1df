import Core
import Pacemaker
import Transport

/// What an operator does to a running cluster. Each call returns once the cluster has reached the requested state, or fails
/// saying what stands in the way.
package struct Verbs: Sendable {
  let door: any Acting & Watching
  /// The group and its last member.
  private let group: String
  let service: String
  /// Told what is waited for, whenever that changes: "waiting for the service to leave pmm1".
  let progress: @Sendable (String) async -> Void

  package init(
    door: any Acting & Watching, group: String = ResourceID.group, service: String = ResourceID.server,
    progress: @escaping @Sendable (String) async -> Void = { _ in }
  ) {
    self.door = door
    self.group = group
    self.service = service
    self.progress = progress
  }

  package typealias Place = ServicePlace

  /// The node takes no resources; the service leaves it.
  package func standby(_ node: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await act("Put \(node) into standby", on: entry, "standby", PackageResources.standby_sh, ["NODE": "\(node)"])
    return try await wait(on: entry, for: "the service to leave \(node)", limit: limit) { $0.hasLeft(node, $1) }
  }

  /// The node may take resources again.
  package func unstandby(_ node: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await act("Take \(node) out of standby", on: entry, "unstandby", PackageResources.unstandby_sh, ["NODE": "\(node)"])
    return try await wait(on: entry, for: "\(node) to be online and the service to be started", limit: limit) {
      $0.isReady(node) && $0.active($1) != nil
    }
  }

  /// The service changes places; no constraint stays behind: the node's script waits itself and takes it away whatever happens
  /// to us, and to the connection.
  package func move(to node: NodeName?, through entry: NodeName, limit: Int) async throws -> Place {
    await progress("waiting for the service to be started" + (node.map { " on \($0)" } ?? " elsewhere"))
    return try await run(
      "Move the service" + (node.map { " to \($0)" } ?? ""), on: entry, "move", PackageResources.move_sh,
      ["NODE": Text(node?.description ?? ""), "GROUP": Text(group), "LIMIT": "\(limit)"])
  }

  /// Failed actions are forgotten and tried again.
  package func cleanup(_ resource: String?, fencing: Bool, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Forget failed actions", on: entry, "cleanup", PackageResources.cleanup_sh,
      ["RESOURCE": Text(resource ?? ""), "FENCING": fencing ? "yes" : "", "LIMIT": "\(limit)"])
  }

  /// Waits until `isTrue` for the state and the id of the service, as `entry` sees it; where the service runs then.
  func wait(
    on entry: NodeName, for what: String, limit: Int, until isTrue: @escaping @Sendable (ClusterState, String) -> Bool
  ) async throws -> Place {
    await progress("waiting for \(what)")
    let state = try await ClusterWatch(door: door, entry: entry).wait(for: what, limit: limit) { [service] in isTrue($0, service) }
    return try Place(state, service: service)
  }

  /// Runs a script that says where the service runs as its last line.
  func run(
    _ what: String, on entry: NodeName, _ name: String, _ body: [UInt8], _ variables: KeyValuePairs<String, Text>,
    because why: String = "asked"
  ) async throws -> Place {
    try await Place(saidBy: name, act(what, on: entry, name, body, variables, because: why))
  }

  /// Runs one act on a node; what its script printed last.
  @discardableResult
  func act(
    _ what: String, on entry: NodeName, _ name: String, _ body: [UInt8], _ variables: KeyValuePairs<String, Text>,
    because why: String = "asked"
  ) async throws -> String {
    let script = Script(name, PackageResources.wait_sh + body, variables).adding(["SERVICE": Text(service)])
    return try await door.perform([Step(entry, "Operations", .cluster, what, because: why, .run(script))], on: entry) { _ in }
  }
}
