import Core
import Transport

/// What an operator does to a running cluster. Each returns when it is true, or fails saying what stands in the way.
package struct Verbs: Sendable {
  let door: any Acting
  /// The group and its last member.
  private let group: String
  let service: String

  package init(door: any Acting, group: String = "pmm", service: String = "pmm_server") {
    self.door = door
    self.group = group
    self.service = service
  }

  /// Where the service runs after a verb: a node's name, or `nowhere`.
  package typealias Place = String

  /// The node takes no resources; the service leaves it.
  package func standby(_ node: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await run("Put \(node) into standby", on: entry, "standby", PackageResources.standby_sh, ["NODE": "\(node)", "LIMIT": "\(limit)"])
  }

  /// The node may take resources again.
  package func unstandby(_ node: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Take \(node) out of standby", on: entry, "unstandby", PackageResources.unstandby_sh, ["NODE": "\(node)", "LIMIT": "\(limit)"])
  }

  /// The service changes places; no constraint stays behind.
  package func move(to node: NodeName?, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Move the service" + (node.map { " to \($0)" } ?? ""), on: entry, "move", PackageResources.move_sh,
      ["NODE": Text(node?.description ?? ""), "GROUP": Text(group), "LIMIT": "\(limit)"])
  }

  /// Failed actions are forgotten and tried again.
  package func cleanup(_ resource: String?, fencing: Bool, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Forget failed actions", on: entry, "cleanup", PackageResources.cleanup_sh,
      ["RESOURCE": Text(resource ?? ""), "FENCING": fencing ? "yes" : "", "LIMIT": "\(limit)"])
  }

  /// A person says that the node is off.
  package func confirm(_ node: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Confirm that \(node) is off", on: entry, "confirm-fenced", PackageResources.confirm_fenced_sh,
      ["NODE": "\(node)", "LIMIT": "\(limit)"])
  }

  func run(
    _ what: String, on entry: NodeName, _ name: String, _ body: [UInt8], _ variables: KeyValuePairs<String, Text>
  ) async throws -> Place {
    let question = Script(name, PackageResources.wait_sh + body, variables).adding(["SERVICE": Text(service)])
    let said = try await door.perform([Step(entry, "Operations", .cluster, what, because: "asked", .run(question))], on: entry) { _ in }
    // Tools that a script calls may have had their say before it.
    return said.split(separator: "\n").last.map(String.init) ?? "nowhere"
  }
}
