import Core
import Pacemaker

/// Where the service runs.
package enum ServicePlace: Sendable, Equatable, CustomStringConvertible {
  case on(NodeName)
  case nowhere

  /// What a node's script prints as its last line: a node's name, or `nowhere`. Tools that it called may have printed before
  /// that.
  ///
  /// - Throws: `UnreadableAnswer` for anything else.
  init(saidBy script: String, _ output: String) throws {
    guard let word = output.split(separator: "\n").last else { throw UnreadableAnswer(script, "it printed nothing") }
    if word == "nowhere" {
      self = .nowhere
    } else {
      do { self = .on(try NodeName(String(word))) } catch { throw UnreadableAnswer(script, "\(error)") }
    }
  }

  /// By the state of `service`, the last resource of the group: once it is started, all before it are.
  ///
  /// - Throws: `InvalidNodeName` where Pacemaker names a node that pmm-ha cannot have set up.
  init(_ state: ClusterState, service: String) throws {
    self = try state.active(service).map { .on(try NodeName($0)) } ?? .nowhere
  }

  /// The node; nil for nowhere.
  package var node: NodeName? { if case .on(let node) = self { node } else { nil } }

  package var description: String { node?.description ?? "nowhere" }
}

// What the verbs wait for. Each is judged from one whole answer of crm_mon.
extension ClusterState {
  /// The node on which `service` is started with nothing under way; nil while there is none.
  func active(_ service: String) -> String? {
    guard let resource = resource(service), resource.isUp, resource.pending == nil else { return nil }
    return resource.nodes.first
  }

  /// Pacemaker starts or stops a resource right now.
  var isBusy: Bool { resources.contains { $0.pending != nil || $0.role == "Starting" || $0.role == "Stopping" } }

  /// `service` has left `node` and is started elsewhere, or stopped where no other node can take it.
  func hasLeft(_ node: NodeName, _ service: String) -> Bool {
    // A state without this node, or without the service, does not show that the service has left it.
    guard nodes.contains(where: { $0.name == node.description }), let resource = resource(service) else { return false }
    // All of ours, the members before it in the group and the address beside it, too.
    if isBusy || resources.contains(where: { $0.id.hasPrefix(ResourceID.prefix) && $0.nodes.contains(node.description) }) { return false }
    if active(service) != nil { return true }
    return resource.role == "Stopped"
      && !nodes.contains { $0.name != node.description && $0.online && !$0.pending && !$0.standby && !$0.maintenance }
  }

  /// `node` is online and may take resources.
  func isReady(_ node: NodeName) -> Bool {
    nodes.contains { $0.name == node.description && $0.online && !$0.standby && !$0.pending }
  }

  /// `node` is shown, and not as unclean.
  func isClean(_ node: NodeName) -> Bool { nodes.contains { $0.name == node.description && !$0.unclean } }
}
