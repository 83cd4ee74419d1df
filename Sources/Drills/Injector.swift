import Core
import FoundationEssentials
import Lab
import Operations
import Transport

/// Does a drill's actions.
struct Injector: Sendable {
  let site: Site
  /// As it was when the drill began.
  let active: NodeName
  let passive: NodeName

  func nodes(_ role: Drill.Role) -> [NodeName] {
    switch role {
    case .active: [active]
    case .passive: [passive]
    case .both: [active, passive]
    }
  }

  /// Returns when it is done; nodes side by side.
  func perform(_ action: Drill.Action) async throws {
    let fault = action.fault
    switch fault {
    case .part: try await lab().part()
    case .joinParts: try await lab().joinParts()
    case .silenceAPI: try await lab().setCloudSilent(true)
    case .hearAPI: try await lab().setCloudSilent(false)
    case .slowStop: try lab().setCloudTimes(stop: action.seconds ?? Fault.usualStopSeconds, start: nil)
    case .usualStop: try lab().setCloudTimes(stop: Fault.usualStopSeconds, start: nil)
    case .cleanup: _ = try await verbs { try await $0.cleanup(nil, fencing: true, through: $1, limit: site.limit(60)) }
    case .update: try await site.update()
    // Where it cannot move to, Pacemaker takes it back: that is for the drill to judge.
    case .move: _ = try? await verbs { try await $0.move(to: nil, through: $1, limit: site.limit(20)) }
    default: _ = try await onAll(nodes(action.on)) { try await perform(action, on: $0) }
    }
  }

  private func perform(_ action: Drill.Action, on node: NodeName) async throws {
    let rings = action.ring.map { [$0] } ?? [0, 1]
    switch action.fault {
    case .powerOff: try await machine(node) { try await $0.powerOff($1) }
    case .powerOn: try await machine(node) { try await $0.powerOn($1) }
    case .freeze: try await machine(node) { try await $0.freeze($1) }
    // One that was fenced meanwhile has nothing to go on with.
    case .thaw: try await machine(node) { if try await $0.power(of: $1) == .frozen { try await $0.thaw($1) } }
    case .cut: try await machine(node) { try await $0.cut($1, rings: rings) }
    case .join: try await machine(node) { try await $0.join($1, rings: rings) }
    case .worsen: try await lab().worsen(lab().node("\(node)"), lossPercent: action.loss ?? 0, delay: action.delay ?? 0)
    case .mendNetwork: try await lab().mendNetwork(of: lab().node("\(node)"))
    case .silenceBMC: try await lab().breakBMC(of: lab().node("\(node)"), .silent)
    case .changeBMCPassword: try await lab().breakBMC(of: lab().node("\(node)"), .password)
    case .mendBMC: try await lab().breakBMC(of: lab().node("\(node)"), nil)
    case .fence: try await run(Script("fence", PackageResources.fence_sh, ["NODE": "\(node)"]), on: site.other(than: node), "Fence \(node)")
    case .confirm:
      try await run(
        Script("confirm", PackageResources.confirm_sh, ["NODE": "\(node)"]), on: site.other(than: node), "Confirm that \(node) is off")
    case .standby: _ = try await verbs { try await $0.standby(node, through: $1, limit: site.limit(60)) }
    case .unstandby: _ = try await verbs { try await $0.unstandby(node, through: $1, limit: site.limit(60)) }
    default:
      guard let script = action.fault.script(site.values, seconds: action.seconds) else {
        throw DrillFailure("nobody can do '\(action.fault.rawValue)' to a node")
      }
      try await run(script, on: node, action.fault.told("\(node)", action))
    }
  }

  private func lab() throws -> Lab {
    guard let lab = site.lab else { throw DrillFailure("this can only be done in a lab") }
    return lab
  }

  private func machine(_ node: NodeName, _ act: (any Driver, LabNode) async throws -> Void) async throws {
    try await act(lab().driver(), lab().node("\(node)"))
  }

  private func run(_ script: Script, on node: NodeName, _ what: String) async throws {
    try await site.door.perform([Step(node, "Drills", .cluster, what, because: "a drill", .run(script))], on: node) { _ in }
  }

  private func verbs(_ body: (Verbs, NodeName) async throws -> Verbs.Place) async throws -> Verbs.Place {
    try await body(Verbs(door: site.door), entryNode(of: site.nodes, through: site.door))
  }
}
