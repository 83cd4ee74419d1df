import Core
import Fencing
import PMMServer
import SpecFile
import VirtualIP

// Fencing and PMM: what no section can know alone.
extension SpecSections {
  func checkFencing(_ problems: inout ProblemList) {
    if fencing == .noneIAcceptDataLoss {
      problems.add(
        Path("fencing"), "there is no fencing: both nodes can write to the disk at once, and destroy PMM's data",
        "List a device for each node.", severity: .danger)
    }
    let names = nodeList.map(\.node.name)
    let ordered = devices.sorted { $0.key < $1.key }
    for (index, device) in ordered {
      let path = Path("fencing") / index
      if let address = device.address.flatMap(IPAddress.init),
        let (_, node) = nodeList.first(where: { $0.node.addresses.compactMap(IPAddress.init).contains(address) })
      {
        problems.add(
          path / "address", "\(address) is the address of \(node.name) itself, which is dead when it must be fenced",
          "Write the address of its BMC, PDU or hypervisor.")
      }
      if let (_, twin) = ordered.first(where: { $0.key < index && $0.value.node != device.node && Self.isOneDevice($0.value, device) }) {
        problems.add(
          path / "address", "\(device.node)'s device is the same as \(twin.node)'s: fencing one would power off the other",
          "Write the address of \(device.node)'s own, or the parameter that names its outlet or machine, such as plug.")
      }
      if problems.root["fencing"]?[index]?["password"] == nil, device.user != nil, Self.ipmiAgents.contains(device.agent) {
        problems.add(
          path / "password", "\(device.agent) has a user and no password", "Write password: {env: NAME}, {file: PATH} or {prompt: true}.")
      }
    }
    checkFencingOfAll(names, ordered, &problems)
    checkLevels(ordered, &problems)
    checkDisks(ordered, &problems)
  }

  private func checkFencingOfAll(_ names: [NodeName], _ ordered: [(key: Int, value: FenceDevice)], _ problems: inout ProblemList) {
    // By what is written, so that a device with a mistake still counts for its node.
    let items = problems.root["fencing"]?.items ?? []
    let fenced = Set(items.compactMap { $0["node"]?.text })
    if knowsAllNodes, !items.isEmpty {
      for (index, item) in items.enumerated() {
        guard let node = item["node"]?.text, !names.contains(where: { $0.description == node }) else { continue }
        problems.add(Path("fencing") / index / "node", "there is no node \(node)", advice(node, names.map(\.description)))
      }
      for name in names where !fenced.contains(name.description) {
        problems.add(
          Path("fencing"), "no device powers \(name) off", "Add one: - {node: \(name), agent: fence_ipmilan, address: ..., ...}.")
      }
    }
    let delayed = ordered.filter { ($0.value.delay ?? 0) > 0 }
    if Set(delayed.map(\.value.node)).count > 1, let last = delayed.last {
      problems.add(
        Path("fencing") / last.key / "delay",
        "fencing is delayed for both nodes, so that neither is sure to win when they fence each other",
        "Keep the delay of one node only, or of none: then the node that runs PMM wins.", severity: .warning)
    }
  }

  /// Agents that log in to one machine's own BMC.
  private static let ipmiAgents: Set = [
    "fence_ipmilan", "fence_ipmilanplus", "fence_idrac", "fence_ilo3", "fence_ilo4", "fence_ilo5", "fence_imm", "fence_redfish",
  ]

  /// Whether two nodes' devices would switch the same machine. A BMC has one; other devices tell machines apart by
  /// their parameters (plug, port, ...).
  private static func isOneDevice(_ one: FenceDevice, _ other: FenceDevice) -> Bool {
    guard one.agent == other.agent, let address = one.address, address == other.address else { return false }
    if ipmiAgents.contains(one.agent) { return (one.port ?? 623) == (other.port ?? 623) }
    return one.port == other.port && one.parameters == other.parameters
  }

  func checkPMM(_ problems: inout ProblemList) {
    guard let pmm else { return }
    let path = Path("pmm")
    if let tag = pmm.tag, let tagged = tag.leadingNumber, tagged != pmm.major.rawValue {
      if tagged > 3 || tagged < 2 {
        problems.add(path / "tag", "PMM \(tagged) is not known", "PMM 2 and 3 are supported.", severity: .warning)
      } else {
        problems.add(
          path / "major", "the tag \(tag) is PMM \(tagged), and major says \(pmm.major.rawValue)",
          "Write major: \(tagged), or leave it out.")
      }
    }
    for remark in pmm.remarks {
      let place = remark.path.reduce(path) { $0 / $1 }
      problems.add(place, remark.message, remark.hint, severity: remark.severity)
    }
    let taken = [22: "sshd", 2224: "pcsd", 3121: "pacemaker_remote", 5403: "corosync-qnetd"]
    if let owner = taken[pmm.port] { problems.add(path / "port", "port \(pmm.port) is \(owner)'s", "Write another, such as 443.") }
    if let archive = pmm.archive, !archive.contains("{tag}") {
      problems.add(
        path / "archive", "the archive's name does not depend on the tag, so that a new tag would load the old image",
        "Put {tag} into its name: /mnt/share/images/pmm-server-{tag}.tar.", severity: .warning)
    }
  }
}

/// Secrets in plain sight, wherever else the file is wrong; where they are.
func checkRawSecrets(_ root: Tree, _ problems: inout ProblemList) -> [Path] {
  var found: [Path] = []
  for (index, device) in (root["fencing"]?.items ?? []).enumerated() {
    for entry in device["parameters"]?.entries ?? [] where entry.key.looksSecret {
      found.append(Path("fencing") / index / "parameters" / entry.key)
      problems.add(
        Path("fencing") / index / "parameters" / entry.key,
        "parameters stand in the cluster's configuration, which others on the nodes can read: no place for a secret",
        "Write password: {env: NAME}, {file: PATH} or {prompt: true} beside agent.", breaks: false)
    }
  }
  for entry in root["pmm"]?["environment"]?.entries ?? [] where entry.key.looksSecret && entry.value.text?.isEmpty == false {
    found.append(Path("pmm") / "environment" / entry.key)
    problems.add(
      Path("pmm") / "environment" / entry.key, "a secret must not stand in the spec",
      "Write {env: NAME}, {file: PATH} or {prompt: true}.", breaks: false)
  }
  return found
}

extension String {
  fileprivate var leadingNumber: Int? { Int(prefix { ("0"..."9").contains($0) }) }

  /// By what people call such things. Not the path of a script that gets it, nor a yes or no about it.
  fileprivate var looksSecret: Bool {
    let name = lowercased()
    return ["password", "passwd", "passphrase", "secret", "token", "private_key"].contains { name.contains($0) }
      && !name.hasSuffix("_script")
      && !name.hasPrefix("disable_")
  }
}
