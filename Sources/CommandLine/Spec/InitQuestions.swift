import Cluster
import SpecFile

/// The questions of `pmm-ha init`. Every answer is checked at once, with all that is known by then.
struct InitQuestions {
  private var draft: SpecDraft
  private let schema: Schema
  private let file: String
  /// Shows a question; nil at the end of the input.
  private let read: (String) -> String?
  private let tell: (String) -> Void

  init(_ draft: SpecDraft, _ schema: Schema, file: String, read: @escaping (String) -> String?, tell: @escaping (String) -> Void) {
    self.draft = draft
    self.schema = schema
    self.file = file
    self.read = read
    self.tell = tell
  }

  /// Asks for what is not known yet.
  mutating func ask() throws -> SpecDraft {
    tell("A few questions; Enter takes what stands in brackets. Ctrl-C gives up, nothing is written.\n")
    if draft.cluster == nil { try ask("Name of the cluster", "pmm-ha", [Path("cluster")]) { $0.cluster = $1 } }
    let given = draft.nodes.count
    for index in given..<max(given, 2) {
      draft.nodes.append(.init(name: "pmm\(index + 1)", addresses: []))
      try ask("Node \(index + 1): host name, as uname -n says it there", "pmm\(index + 1)", [Path("nodes") / index / "name"]) {
        $0.nodes[index].name = $1
      }
      try ask(
        "Node \(index + 1): address, and after a comma the one of a second ring, if there is one", nil,
        [Path("nodes") / index / "addresses"]
      ) { $0.nodes[index].addresses = $1.split { $0 == "," || $0 == " " }.map(String.init) }
    }
    if draft.sshUser == nil {
      try ask("User who logs in to the nodes (root, or one with sudo)", "root", [Path("nodes") / 0 / "ssh"]) { $0.sshUser = $1 }
    }
    if draft.virtualIP == nil {
      try ask("Virtual IP, with its network's prefix", draft.suggestedVirtualIP, [Path("virtual_ip"), Path("nodes")]) { $0.virtualIP = $1 }
    }
    if draft.device == nil {
      try ask("Shared disk, as both nodes call it: /dev/disk/by-id/...", nil, [Path("shared_storage") / "device"]) { $0.device = $1 }
    }
    if draft.filesystem == nil {
      try ask("Its filesystem, ext4 or xfs", "ext4", [Path("shared_storage") / "filesystem"]) { $0.filesystem = $1 }
    }
    if draft.mountPoint == nil {
      try ask("Where the active node mounts it", "/srv/pmm", [Path("shared_storage") / "mount_point"]) { $0.mountPoint = $1 }
    }
    if draft.configShare == nil {
      try ask("Directory that both nodes share, for PMM's settings", draft.isAdopted ? nil : "/mnt/share/pmm", [Path("config_share")]) {
        $0.configShare = $1
      }
    }
    try askFencing()
    if draft.timing == nil {
      try ask("How fast a lost node is noticed: fast, standard or cloud", "standard", [Path("timing")]) { $0.timing = $1 }
    }
    if draft.isAdopted, draft.image == nil {
      try ask("PMM's container image, with its registry and without its tag", nil, [Path("pmm") / "image"]) { $0.image = $1 }
    }
    if draft.tag == nil {
      try ask("PMM's version", draft.isAdopted ? nil : schema["pmm"]?["tag"]?.example?.text, [Path("pmm") / "tag"]) { $0.tag = $1 }
    }
    return draft
  }

  private mutating func askFencing() throws {
    if draft.fencing == nil {
      try ask("How a lost node is powered off: a fence agent, or \(SpecDraft.noFencing)", "fence_ipmilan", [Path("fencing") / 0 / "agent"])
      {
        $0.fencing = $1
      }
    }
    guard draft.fencing != SpecDraft.noFencing else { return }
    var asked = false
    for (index, node) in draft.nodes.enumerated() where draft.fenceAddresses[node.name] == nil {
      asked = true
      try ask(
        "Address of the device that powers \(node.name) off (its BMC, say)", nil,
        [Path("fencing") / index / "address", Path("virtual_ip") / "address"]
      ) {
        $0.fenceAddresses[node.name] = $1
      }
    }
    if draft.fenceUser == nil, asked { try ask("User on these devices", "admin", [Path("fencing") / 0 / "user"]) { $0.fenceUser = $1 } }
  }

  /// `places`: where in the spec a mistake would be this answer's.
  private mutating func ask(_ question: String, _ fallback: String?, _ places: [Path], _ set: (inout SpecDraft, String) -> Void) throws {
    while true {
      guard let line = read("\(question)\(fallback.map { " [\($0)]" } ?? ""): ") else {
        throw InitFailure("Given up: nothing is written.")
      }
      let typed = line.split(separator: " ").joined(separator: " ")
      guard let answer = typed.isEmpty ? fallback : typed else { continue }
      var changed = draft
      set(&changed, answer)
      let mistakes = mistakes(in: changed, at: places)
      if mistakes.isEmpty {
        draft = changed
        return
      }
      for mistake in mistakes { tell("  " + mistake) }
    }
  }

  private func mistakes(in draft: SpecDraft, at places: [Path]) -> [String] {
    let text = draft.yaml(schema)
    do {
      _ = try LoadedSpec(yaml: text, file: file)
      return []
    } catch let error as UnusableSpec {
      // What is missing has not been asked for yet.
      let here = error.problems.filter { problem in
        problem.isError && problem.finding.message != "is missing" && places.contains { problem.path.isInside($0) }
      }
      return here.map { "\($0.finding.message). \($0.finding.hint)" }
    } catch {
      return ["\(error)"]
    }
  }
}
