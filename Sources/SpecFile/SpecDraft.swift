/// Answers to the few questions that make a spec, and the commented file that they make.
package struct SpecDraft: Sendable, Equatable {
  package var cluster: String?
  package var nodes: [Node] = []
  package var sshUser: String?
  package var sshConfig: String?
  package var sshIdentity: String?
  package var sshPort: String?
  /// `198.51.100.100/24`
  package var virtualIP: String?
  package var interface: String?
  package var device: String?
  /// Of a disk with LVM on it; nil: the filesystem is right on the disk.
  package var volumeGroup: String?
  package var logicalVolume: String?
  package var volumeSize: String?
  package var filesystem: String?
  package var mountPoint: String?
  package var mountOptions: String?
  package var configShare: String?
  package var timing: String?
  /// A fence agent's name, or `none-i-accept-data-loss`.
  package var fencing: String?
  /// Of the fencing devices, by node.
  package var fenceAddresses: [String: String] = [:]
  package var fenceUser: String?
  /// Seconds before a node is fenced, by node, where that is what decides who wins.
  package var fenceDelays: [String: Int] = [:]
  /// It describes what is there already: what that does not say is asked, and has no default.
  package var isAdopted = false
  package var image: String?
  package var tag: String?
  package var port: String?
  package var environment: [Variable] = []
  package var preferredNode: String?
  package var stickiness: Int?
  /// Of the node with the service, where the nodes shoot at each other, seconds.
  package var priorityFencingDelay: Int?

  /// A setting of PMM: its value, or the environment variable of pmm-ha's that holds a secret one.
  package struct Variable: Sendable, Equatable {
    package var name: String
    package var value: String?
    package var source: String?
    package init(name: String, value: String? = nil, source: String? = nil) {
      self.name = name
      self.value = value
      self.source = source
    }
  }

  package struct Node: Sendable, Equatable {
    package var name: String
    package var addresses: [String]
    /// Where ssh connects to, where that is neither the name nor the first address.
    package var sshHost: String?
    package init(name: String, addresses: [String]) {
      self.name = name
      self.addresses = addresses
    }
  }

  package static let noFencing = "none-i-accept-data-loss"

  package init() {}

  /// What has no sensible default and is not answered yet, as the flags that answer it.
  package var missing: [String] {
    var result: [String] = []
    if nodes.count < 2 { result.append("--node NAME=ADDRESS[,ADDRESS] (twice)") }
    if virtualIP == nil { result.append("--vip ADDRESS/PREFIX") }
    if device == nil { result.append("--device PATH") }
    if isAdopted {
      if configShare == nil { result.append("--config-share PATH") }
      if image == nil { result.append("--image IMAGE") }
      if tag == nil { result.append("--tag TAG") }
    }
    if fencing != Self.noFencing {
      result += nodes.filter { fenceAddresses[$0.name] == nil }.map { "--fence-device \($0.name)=ADDRESS (or --fencing \(Self.noFencing))" }
    }
    return result
  }

  /// An address for the virtual IP, from the first node's: the same network, ending in 100.
  package var suggestedVirtualIP: String? {
    guard let first = nodes.first?.addresses.first else { return nil }
    let parts = first.split(separator: ".")
    guard parts.count == 4 else { return nil }
    let taken = nodes.flatMap(\.addresses) + fenceAddresses.values
    return (100...120).map { "\(parts[0]).\(parts[1]).\(parts[2]).\($0)" }.first { !taken.contains($0) }.map { $0 + "/24" }
  }

  /// The environment variable that the password of a node's fencing device is read from.
  package static func passwordVariable(_ node: String) -> String {
    "PMM_HA_BMC_" + node.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
  }

  /// The spec. Keys without an answer stand with their defaults; where there is none, they are left out.
  package func yaml(_ schema: Schema) -> String {
    var page = Page(schema)
    page.head(["A highly available PMM. Check it with pmm-ha validate; pmm-ha schema --example describes every key."])
    page.add("cluster", cluster ?? "pmm-ha")
    page.open("nodes")
    for node in nodes {
      page.lines.append("  - name: \(quoted(node.name))")
      page.lines.append("    addresses: [\(node.addresses.map(quoted).joined(separator: ", "))]")
      let ssh = [
        ("user", sshUser ?? "root"), ("host", node.sshHost), ("identity", sshIdentity), ("config", sshConfig),
      ].compactMap { key, value in value.map { "\(key): \(quoted($0))" } }
      page.lines.append("    ssh: {\((ssh + (sshPort.map { ["port: \($0)"] } ?? [])).joined(separator: ", "))}")
    }
    page.open("virtual_ip")
    let (address, prefix) = Self.parts(of: virtualIP)
    page.add("virtual_ip", "address", address)
    page.add("virtual_ip", "prefix", prefix)
    page.add("virtual_ip", "interface", interface)
    page.open("shared_storage")
    page.add("shared_storage", "kind", volumeGroup == nil ? "filesystem" : "lvm")
    page.add("shared_storage", "device", device)
    page.add("shared_storage", "volume_group", volumeGroup)
    page.add("shared_storage", "logical_volume", logicalVolume)
    page.add("shared_storage", "size", volumeSize)
    page.add("shared_storage", "filesystem", filesystem ?? "ext4")
    page.add("shared_storage", "mount_point", mountPoint ?? "/srv/pmm")
    page.add("shared_storage", "options", mountOptions)
    page.open("config_share")
    page.add("config_share", "kind", "directory")
    page.add("config_share", "path", configShare ?? (isAdopted ? nil : "/mnt/share/pmm"))
    addFencing(&page)
    page.add("timing", timing ?? "standard")
    page.open("pmm")
    page.add("pmm", "image", image ?? (isAdopted ? nil : "docker.io/percona/pmm-server"))
    page.add("pmm", "tag", tag ?? (isAdopted ? nil : schema["pmm"]?["tag"]?.example?.text))
    page.add("pmm", "port", port ?? "443")
    if !environment.isEmpty { page.lines.append("  environment:") }
    for variable in environment {
      page.lines.append("    \(variable.name): \(variable.source.map { "{env: \($0)}" } ?? quoted(variable.value ?? ""))")
    }
    addConstraints(&page)
    return page.lines.joined(separator: "\n") + "\n"
  }

  private func addConstraints(_ page: inout Page) {
    guard preferredNode != nil || stickiness != nil || priorityFencingDelay != nil else { return }
    page.open("constraints")
    page.add("constraints", "preferred_node", preferredNode)
    page.add("constraints", "stickiness", stickiness.map(String.init))
    page.add("constraints", "priority_fencing_delay", priorityFencingDelay.map(String.init))
  }

  private func addFencing(_ page: inout Page) {
    guard fencing != Self.noFencing else { return page.add("fencing", Self.noFencing) }
    let agent = fencing ?? "fence_ipmilan"
    page.open("fencing")
    for node in nodes {
      page.lines.append("  - node: \(quoted(node.name))")
      page.lines.append("    agent: \(quoted(agent))")
      if let address = fenceAddresses[node.name] { page.lines.append("    address: \(quoted(address))") }
      page.lines.append("    user: \(quoted(fenceUser ?? "admin"))")
      if let delay = fenceDelays[node.name] { page.lines.append("    delay: \(delay)") }
      page.lines.append("    # Never the password itself: {env: NAME}, {file: PATH} (chmod 600) or {prompt: true}.")
      page.lines.append("    password: {env: \(Self.passwordVariable(node.name))}")
      if agent == "fence_ipmilan" { page.lines.append("    parameters: {lanplus: \"1\", cipher: \"3\"}") }
    }
  }

  private static func parts(of network: String?) -> (address: String?, prefix: String?) {
    guard let network else { return (nil, nil) }
    let parts = network.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : "24")
  }
}

/// Lines of YAML, each key under the first sentence of its description.
private struct Page {
  private let schema: Schema
  var lines: [String] = []

  init(_ schema: Schema) { self.schema = schema }

  mutating func head(_ words: [String]) { lines += words.map { "# \($0)" } }

  mutating func open(_ key: String) {
    comment(schema[key], indent: "")
    lines.append("\(key):")
  }

  mutating func add(_ key: String, _ value: String) {
    comment(schema[key], indent: "")
    lines.append("\(key): \(scalar(value, schema[key]))")
  }

  mutating func add(_ section: String, _ key: String, _ value: String?) {
    guard let value else { return }
    comment(schema[section]?[key], indent: "  ")
    lines.append("  \(key): \(scalar(value, schema[section]?[key]))")
  }

  private mutating func comment(_ schema: Schema?, indent: String) {
    if indent.isEmpty { lines.append("") }
    guard let words = schema?.words, !words.isEmpty else { return }
    let sentence = words.range(of: ". ").map { String(words[..<$0.lowerBound]) + "." } ?? words
    var line = indent + "#"
    for word in sentence.split(separator: " ") {
      if line.count + word.count > 110 {
        lines.append(line)
        line = indent + "#"
      }
      line += " " + word
    }
    lines.append(line)
  }

  private func scalar(_ value: String, _ schema: Schema?) -> String {
    if case .integer? = schema?.kind { return value }
    return quoted(value)
  }
}

/// `text` as a YAML scalar that reads back as the same text.
private func quoted(_ text: String) -> String {
  let letters = text.utf8.allSatisfy { (97...122).contains($0) || (65...90).contains($0) }
  let plain =
    !text.isEmpty && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    && (letters || text.utf8.first.map { $0 == 47 || (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) } ?? false)
    && text.utf8.allSatisfy {
      (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || "._/-".utf8.contains($0)
    } && Double(text) == nil
  if plain { return text }
  let escaped = text.unicodeScalars.map { scalar -> String in
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case _ where scalar.value < 0x20 || scalar.value == 0x7f:
      let hex = String(scalar.value, radix: 16)
      return "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
    default: return String(Character(scalar))
    }
  }
  return "\"" + escaped.joined() + "\""
}
