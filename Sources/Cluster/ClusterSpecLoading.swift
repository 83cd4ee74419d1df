import ConfigShare
import Core
import EC2
import Fencing
import Glibc
import PMMServer
import Quorum
import Secrets
import SharedStorage
import SpecFile
import VirtualIP

/// A spec from a file, and what came with it.
package struct LoadedSpec: Sendable {
  package let cluster: ClusterSpec
  package let secrets: SecretSources
  /// Risky, but not wrong: warnings and notes by line.
  package let problems: [Problem]
  /// As the user named it.
  package let file: String

  package var findings: [Finding] { problems.map(\.finding) }

  private let root: Tree

  /// Where a finding's place (`fencing/pmm1/password`) stands in the file; where it is not there, what it would be in.
  package func position(of place: String) -> Position { Path(description: place, in: root).position(in: root) }

  /// Reads and checks a spec; throws an `UnusableSpec` with all mistakes.
  package init(file: String) throws {
    try self.init(yaml: SpecText.read(file), file: file)
  }

  /// Checks a spec's text, as if it stood in `file`.
  package init(yaml: String, file: String) throws { try self.init(yaml: yaml, file: file, schema: Schema.ofSpec()) }

  package init(yaml: String, file: String, schema: Schema) throws {
    let root = try parsedTree(yaml, file: file)
    var validation = Validation(root, against: schema)
    var complete = validation.run()
    var problems = validation.problems
    let directory = Self.directory(of: file)
    for secret in checkRawSecrets(root, &problems) { complete = complete.removing(secret) }
    let sections = SpecSections(complete, directory: directory, &problems)
    sections.check(&problems)
    guard !problems.all.contains(where: \.isError), let cluster = sections.cluster else {
      throw UnusableSpec(file: file, problems.all)
    }
    self.cluster = cluster
    self.root = root
    self.file = file
    self.problems = problems.all.inOrder
    secrets = cluster.secretSources(directory: directory)
  }

  private static func directory(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }
}

/// The sections that could be decoded. Checks across sections look at those that are there, so that one mistake does
/// not hide others.
struct SpecSections {
  let name: String?
  let platform: ClusterSpec.Platform?
  let ec2: EC2Spec?
  /// By their index in the list.
  let nodes: [Int: NodeSpec]
  let nodeCount: Int
  let virtualIP: VirtualIPSpec?
  let sharedStorage: SharedStorageSpec?
  let configShare: ConfigShareSpec?
  let fencing: FencingSpec?
  /// By their index in the list.
  let devices: [Int: FenceDevice]
  let quorum: QuorumSpec?
  let timing: Timing?
  let pmm: PMMSpec?
  let constraints: ConstraintsSpec?
  let timeServers: [String]
  let secrets: ClusterSecrets?

  struct ClusterSecrets: Decodable {
    let hacluster: SecretSource?
  }

  init(_ root: Tree, directory: String, _ problems: inout ProblemList) {
    func section<Value: Decodable>(_ type: Value.Type, _ path: Path, _ tree: Tree?) -> Value? {
      guard let tree, !problems.isBroken(path) else { return nil }
      do {
        return try tree.decode(type)
      } catch {
        problems.add(error, in: path)
        return nil
      }
    }
    func section<Value: Decodable>(_ type: Value.Type, _ key: String) -> Value? { section(type, Path(key), root[key]) }

    name = section(String.self, "cluster")
    platform = section(ClusterSpec.Platform.self, "platform")
    ec2 = section(EC2Spec.self, "ec2")
    var nodes: [Int: NodeSpec] = [:]
    for (index, tree) in (root["nodes"]?.items ?? []).enumerated() {
      nodes[index] = section(NodeSpec.self, Path("nodes") / index, tree)?.located(in: directory)
    }
    self.nodes = nodes
    nodeCount = root["nodes"]?.items.count ?? 0
    virtualIP = section(VirtualIPSpec.self, "virtual_ip")
    sharedStorage = section(SharedStorageSpec.self, "shared_storage")
    configShare = section(ConfigShareSpec.self, "config_share")?.located(in: directory)
    var devices: [Int: FenceDevice] = [:]
    for (index, tree) in (root["fencing"]?.items ?? []).enumerated() {
      devices[index] = section(FenceDevice.self, Path("fencing") / index, tree)
    }
    self.devices = devices
    fencing = section(FencingSpec.self, "fencing")
    quorum = section(QuorumSpec.self, "quorum")?.mapMachine { $0.located(in: directory) }
    // Virtual machines in a cloud pause, so the profile for them is the default there.
    timing = platform == .ec2 && problems.root["timing"] == nil ? .cloud : section(Timing.self, "timing")
    pmm = section(PMMSpec.self, "pmm")
    constraints = section(ConstraintsSpec.self, "constraints")
    timeServers = section([String].self, "time_servers") ?? []
    secrets = section(ClusterSecrets.self, "secrets")
  }

  /// The nodes that could be decoded, in order.
  var nodeList: [(index: Int, node: NodeSpec)] { nodes.sorted { $0.key < $1.key }.map { (index: $0.key, node: $0.value) } }

  /// Whether all nodes are known, so that a name that is none of theirs is wrong.
  var knowsAllNodes: Bool { nodeCount > 0 && nodes.count == nodeCount }

  /// The whole spec, where every section is there.
  var cluster: ClusterSpec? {
    guard let name, let platform, knowsAllNodes, let virtualIP, let sharedStorage, let configShare, let fencing, let timing, let pmm,
      let constraints
    else { return nil }
    return ClusterSpec(
      name: name, platform: platform, ec2: ec2, nodes: nodeList.map(\.node), virtualIP: virtualIP, sharedStorage: sharedStorage,
      configShare: configShare, fencing: fencing, quorum: quorum, timing: timing, pmm: pmm, constraints: constraints,
      timeServers: timeServers,
      hacluster: secrets?.hacluster)
  }
}

extension ConfigShareSpec {
  fileprivate func located(in directory: String) -> ConfigShareSpec { mapHelper { $0.located(in: directory) } }
}

extension NodeSpec {
  /// With the ssh files' paths from the spec's own directory.
  fileprivate func located(in directory: String) -> NodeSpec {
    func located(_ path: String?) -> String? {
      guard let path else { return nil }
      if path.hasPrefix("~/"), let home = getenv("HOME") { return String(cString: home) + path.dropFirst() }
      return path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
    }
    return NodeSpec(
      name: name, addresses: addresses,
      ssh: SSHSpec(host: ssh.host, port: ssh.port, user: ssh.user, identity: located(ssh.identity), config: located(ssh.config)))
  }
}

extension ProblemList {
  /// What a component's own decoding refuses, at the place that it names.
  fileprivate mutating func add(_ error: any Error, in path: Path) {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      add(Path(path.parts + Path(context.codingPath).parts), context.debugDescription)
    case DecodingError.keyNotFound(let key, let context):
      add(Path(path.parts + Path(context.codingPath).parts), "'\(key.stringValue)' is missing")
    default:
      add(path, "\(error)")
    }
  }

  /// Components say what is wrong and what would be right in one sentence: "WHAT: WHAT TO DO".
  private mutating func add(_ path: Path, _ sentence: String) {
    // Its form is wrong already: that what stands there is then missing is no second mistake.
    let place = path.description(in: root)
    if all.contains(where: { $0.isError && $0.finding.place == place }) { return }
    guard let colon = sentence.range(of: ": ") else { return add(path, sentence, "See pmm-ha schema.") }
    let hint = sentence[colon.upperBound...]
    add(path, String(sentence[..<colon.lowerBound]), hint.prefix(1).uppercased() + hint.dropFirst() + ".")
  }
}
