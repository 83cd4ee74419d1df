import Core
import Pacemaker

extension VirtualIPSpec {
  /// The id of the resource.
  package static let resource = ResourceID.address

  /// Before all other questions: who has the address? The answer is looked for by `question`, 0.2 s later.
  package var call: Question<Answer> { Question("call-address", PackageResources.call_address_sh, ["ADDRESS": Text(words)]) }

  /// What the survey asks a node, last.
  package var question: Question<VirtualIPFacts> {
    Question("address-probe", PackageResources.address_probe_sh, ["ADDRESS": Text(words)]) { try VirtualIPFacts($0) }
  }

  /// Nothing where there is no address.
  private var words: String { address?.description ?? "" }

  /// Whether IPaddr2 sets the address in the active node.
  private var isSetHere: Bool { ec2.map(\.isOnTheNode) ?? true }

  /// `pmm_ip`, beside the group and where that runs: PMM waits for the address no more than the address for PMM, and one
  /// that someone takes away comes back without a restart of PMM. IPaddr2 announces an IPv4 address in the background by itself; its start does not wait for that.
  package func fragment(_ timing: Timing) -> CIBFragment {
    guard isSetHere, let address, let prefix else { return CIBFragment() }
    var parameters = [Pair("ip", address.description), Pair("cidr_netmask", "\(prefix)")]
    if let interface { parameters.append(Pair("nic", interface)) }
    var fragment = CIBFragment()
    fragment.resources = [
      Primitive(
        Self.resource, .ocf("heartbeat", "IPaddr2"), parameters: parameters, meta: Primitive.patience,
        operations: [
          Operation("start", timeout: 20), Operation("stop", timeout: 20),
          Operation("monitor", interval: timing.resourceMonitor, timeout: 20),
        ], job: .init([.ocf("heartbeat", "IPaddr2"), .ocf("heartbeat", "IPaddr")], [Pair("ip", address.description)]))
    ]
    fragment.colocations = [.init(Self.resource, with: PacemakerSpec.filesystem)]
    return fragment
  }

  /// Findings only: the address is Pacemaker's to set.
  package func proposal(_ facts: [NodeName: VirtualIPFacts]) -> Proposal {
    guard let address, let prefix else { return Proposal() }
    let known = facts.sorted { $0.key < $1.key }.filter { !$0.value.interfaces.isEmpty }
    let place = "virtual_ip/address"
    var findings = isSetHere || interface != nil ? known.compactMap { missingNetwork($0.key, $0.value, address, prefix) } : []
    let holders = known.filter { $0.value.holds(address) }
    if holders.count > 1 {
      findings.append(
        Finding(
          .danger, at: holders.map(\.key.description).joined(separator: ", "), "\(address) is on both nodes at once",
          hint: "find out which one runs PMM (pmm-ha status), and look at fencing: each node believes to be the only one"))
    }
    for (node, fact) in holders where fact.asked {
      findings.append(
        Finding(
          .warning, at: "\(node)", "\(address) is on \(fact.interface(of: address) ?? "an interface") although no cluster runs",
          hint: "if it is in the node's own network configuration, take it out there: only Pacemaker may set it"))
    }
    let own = Set(known.flatMap { $0.value.interfaces.map(\.hardwareAddress) })
    // Elsewhere than on the nodes' network the address is a load balancer's, or the router's to answer for.
    if isSetHere, let (node, fact) = known.first(where: { $0.value.neighbour.map { !own.contains($0) } ?? false }),
      let stranger = fact.neighbour
    {
      findings.append(
        Finding(
          .blocking, at: place, "\(address) is in use by a foreign host: \(stranger) answers for it, seen from \(node)",
          hint: "give a free address of the nodes' network, or take this one away from that host"))
    }
    return Proposal(findings: findings)
  }

  private func missingNetwork(_ node: NodeName, _ fact: VirtualIPFacts, _ address: IPAddress, _ prefix: Int) -> Finding? {
    if let interface {
      guard let found = fact.interfaces.first(where: { $0.name == interface }) else {
        let names = fact.interfaces.map(\.name).filter { $0 != "lo" }
        return Finding(
          .blocking, at: "virtual_ip/interface", "\(node) has no interface \(interface)",
          hint: "it has \(names.joined(separator: ", ")). Leave 'interface' out to take the one that reaches \(address)'s network")
      }
      return found.up
        ? nil : Finding(.blocking, at: "\(node)", "the interface \(interface) is down", hint: "bring it up: ip link set \(interface) up")
    }
    let networks = fact.interfaces.filter { $0.up && $0.name != "lo" }.flatMap(\.networks).filter { $0.address != address }
    guard let network = networks.first(where: { address.shares(prefix: $0.prefix, with: $0.address) }) else {
      let list = networks.filter { $0.address.isIPv4 == address.isIPv4 }.map { "\($0.address)/\($0.prefix)" }
      return Finding(
        .blocking, at: "virtual_ip/address", "no interface of \(node) is in the network of \(address)",
        hint:
          "\(node) has \(list.isEmpty ? "no address that is up" : list.joined(separator: ", ")): give a virtual IP in one of its networks")
    }
    guard network.prefix != prefix else { return nil }
    return Finding(
      .warning, at: "virtual_ip/prefix",
      "\(node)'s own address there is \(network.address)/\(network.prefix), and the spec says /\(prefix)",
      hint: "write prefix: \(network.prefix)")
  }
}
