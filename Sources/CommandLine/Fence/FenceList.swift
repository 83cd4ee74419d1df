import ArgumentParser
import Cluster
import Core
import Fencing
import Operations
import Pacemaker

/// `pmm-ha fence list`
struct FenceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the devices: what each powers off, from where, at which level, and when it was tested.")
  @OptionGroup var options: SpecOptions
  @Flag(help: "For programs: one JSON object.") var json = false

  func run() async throws {
    let session = try Session(options)
    guard case .devices = session.cluster.fencing else {
      throw Refusal("There is no fencing (\(FencingSpec.none)): two nodes may write to one disk at once. List devices in the spec.")
    }
    let status = try await withProgress("looking at the nodes") { _ in
      try await clusterStatus(of: session.nodes, through: session.door, url: nil)
    }
    let list = FenceDevices(session.cluster, status)
    if json { try printJSON(list) } else { Terminal.output.write(list.text(.output)) }
  }
}

/// The devices with what is known of them.
struct FenceDevices: Encodable {
  let devices: [Device]
  /// By node: the last `fence test --really`.
  let reallyFenced: [String: ClusterStatus.Fenced]
  /// By node: the last time that Pacemaker fenced it, whoever asked, as far as Pacemaker remembers.
  let lastFenced: [String: ClusterState.FenceEvent]

  struct Device: Encodable {
    let device: String
    /// The node that it powers off.
    let node: NodeName
    let agent: String
    let address: String?
    let disk: String?
    /// 1 is tried first.
    let level: Int
    /// The nodes that use it.
    let from: [NodeName]
    let tested: ClusterStatus.Tested?
  }

  init(_ spec: ClusterSpec, _ status: ClusterStatus) {
    var counts: [NodeName: Int] = [:]
    devices = spec.fencing.named.map { id, device in
      counts[device.node, default: 0] += 1
      let users = spec.nodes.map(\.name).filter { node in spec.fencing.used(by: node).contains { $0.id == id } }
      return Device(
        device: id, node: device.node, agent: device.agent, address: device.address, disk: device.disk,
        level: device.level ?? counts[device.node, default: 1], from: users, tested: status.test(of: id))
    }.sorted { ($0.node, $0.level, $0.device) < ($1.node, $1.level, $1.device) }
    reallyFenced = status.reallyFenced
    // Newest first.
    let done = status.state?.fencing.filter { $0.status == "success" && $0.action != "on" } ?? []
    lastFenced = Dictionary(done.map { ($0.target, $0) }, uniquingKeysWith: { newest, _ in newest })
  }

  func text(_ terminal: Terminal) -> String {
    var lines: [String] = []
    for node in Set(devices.map(\.node)).sorted() {
      let own = devices.filter { $0.node == node }
      lines.append("\(terminal.style(node.description, .bold))  \(fenced(node, terminal))")
      for device in own {
        let place = [device.agent, device.address, device.disk].compactMap { $0 }.joined(separator: " ")
        let level = own.count > 1 ? "level \(device.level)  " : ""
        let users = device.from.isEmpty ? "by its own watchdog" : "from \(device.from.map(\.description).joined(separator: ", "))"
        lines.append("  \(level)\(device.device.padded(14))  \(place)  \(users): \(tested(device, terminal))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func tested(_ device: Device, _ terminal: Terminal) -> String {
    guard let test = device.tested else { return terminal.style(device.from.isEmpty ? "nobody can ask it" : "never tested", .yellow) }
    let age = StatusText.age(test.age)
    return test.passed ? "tested \(age) ago" : terminal.style("test failed \(age) ago", .red)
  }

  private func fenced(_ node: NodeName, _ terminal: Terminal) -> String {
    let test = reallyFenced[node.description].map { StatusText.fenced($0, terminal) }
    let event = lastFenced[node.description].map { event in
      "fenced by Pacemaker\(event.when.map { " at \($0)" } ?? "") (\(event.action)\(event.delegate.map { " by \($0)" } ?? ""))"
    }
    let known = [test, event].compactMap(\.self)
    return known.isEmpty ? terminal.style("never really fenced", .dim) : known.joined(separator: ", ")
  }
}
