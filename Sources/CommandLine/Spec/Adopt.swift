import Adopt
import ArgumentParser
import Core
import Glibc
import SpecFile
import Transport

/// `pmm-ha adopt`
struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Read a cluster that was built by hand and write the spec that describes it.",
    discussion: """
      Only reads. Says what is wrong with the cluster and asks for what cannot be read from it, such as the addresses of \
      BMCs. What apply would mend, and what that disrupts, is then shown by: pmm-ha plan
      """)

  @Option(help: ArgumentHelp("A node, as ssh finds it; twice, or once: the other is then found in its corosync.conf.", valueName: "host"))
  var node: [String]

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output = "pmm-ha.yml"

  @Flag(help: "Overwrite the file.")
  var force = false

  @Option(help: ArgumentHelp("Who logs in to the nodes.", valueName: "user"))
  var sshUser = "root"

  @Option(help: ArgumentHelp("An ssh_config that knows the nodes.", valueName: "file"))
  var sshConfig: String?

  @Option(help: ArgumentHelp("The private key to log in with.", valueName: "file"))
  var sshIdentity: String?

  @Option(help: ArgumentHelp("The port of the nodes' sshd.", valueName: "number"))
  var sshPort: Int?

  @Option(help: ArgumentHelp("A fence agent, or \(SpecDraft.noFencing).", valueName: "agent"))
  var fencing: String?

  @Option(help: ArgumentHelp("A node's fencing device: its BMC, say; once a node.", valueName: "name=address"))
  var fenceDevice: [String] = []

  @Option(help: ArgumentHelp("Who logs in to the fencing devices.", valueName: "user"))
  var fenceUser: String?

  @Option(help: ArgumentHelp("The virtual IP, where the cluster has none.", valueName: "address/prefix"))
  var vip: String?

  @Option(help: ArgumentHelp("The shared disk, where the cluster does not say, or by a better name.", valueName: "path"))
  var device: String?

  @Option(help: ArgumentHelp("The directory that both nodes share, where PMM's unit does not say.", valueName: "path"))
  var configShare: String?

  @Option(help: ArgumentHelp("PMM's container image, without a tag, where its unit does not say.", valueName: "image"))
  var image: String?

  @Option(help: ArgumentHelp("The image's tag, where PMM's unit does not say.", valueName: "tag"))
  var tag: String?

  @Option(help: ArgumentHelp("fast, standard or cloud; without it what is nearest to Corosync's token.", valueName: "profile"))
  var timing: String?

  @Flag(help: "For programs: one JSON object, with the findings and the spec's text.") var json = false

  func run() async throws {
    let target = try SpecTarget(output, force: force)
    let hosts = node.map { SSHSpec(host: $0, port: sshPort, user: sshUser, identity: sshIdentity, config: sshConfig) }
    let controls = try Workspace.controlDirectory()
    let (cluster, ways) = try await withProgress("reading \(node.joined(separator: " and "))") { _ in
      try await readCluster(at: hosts) { .ssh(to: $0, controlDirectory: controls, who: Workspace.who, secrets: .none) as Connection }
    }
    let defects = cluster.defects
    if !json {
      let lines = defects.flatMap { FindingText(finding: $0, terminal: .output).lines }
      Terminal.output.write(lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n")
    }
    let draft = try complete(try self.draft(of: cluster, ways))
    let text = draft.yaml(try Schema.ofSpec())
    try target.write(text)
    if json { return try printJSON(Result(file: output, spec: text, findings: defects)) }
    let counts = defects.filter { $0.severity > .note }.count
    Terminal.output.write(
      "\(output) describes the cluster '\(draft.cluster ?? "")'. \(counts == 0 ? "" : "\(counted(counts, "thing")) in it \(counts == 1 ? "is" : "are") wrong or risky, see above. ")Next: pmm-ha plan --file \(output)\n"
    )
    let passwords = draft.fencing == SpecDraft.noFencing ? [] : draft.nodes.map { SpecDraft.passwordVariable($0.name) }
    let variables = passwords + draft.environment.compactMap(\.source)
    if !variables.isEmpty {
      Terminal.output.write("Secrets are read from environment variables: \(variables.joined(separator: ", ")).\n")
    }
  }

  private struct Result: Encodable {
    let file: String
    let spec: String
    let findings: [Finding]
  }

  /// What the nodes say; what an option says wins.
  private func draft(of cluster: HandMadeCluster, _ ways: [NodeName: SSHSpec]) throws -> SpecDraft {
    var draft = cluster.draft
    draft.sshUser = sshUser
    draft.sshConfig = try sshConfig.map(absolute)
    draft.sshIdentity = try sshIdentity.map(absolute)
    draft.sshPort = sshPort.map(String.init)
    for index in draft.nodes.indices {
      let way = ways.first { $0.key.description == draft.nodes[index].name }?.value.host
      let implied = sshConfig == nil ? draft.nodes[index].addresses.first : draft.nodes[index].name
      if way != implied { draft.nodes[index].sshHost = way }
    }
    for pair in fenceDevice {
      guard let equals = pair.firstIndex(of: "=") else { throw InitFailure("'--fence-device \(pair)' has no '=': write NAME=ADDRESS.") }
      let name = String(pair[..<equals])
      guard draft.nodes.contains(where: { $0.name == name }) else { throw InitFailure("--fence-device: there is no node \(name).") }
      draft.fenceAddresses[name] = String(pair[pair.index(after: equals)...])
    }
    draft.fencing = fencing ?? draft.fencing
    draft.fenceUser = fenceUser ?? draft.fenceUser
    draft.virtualIP = vip ?? draft.virtualIP
    draft.device = device ?? draft.device
    draft.configShare = configShare ?? draft.configShare
    draft.image = image ?? draft.image
    draft.tag = tag ?? draft.tag
    draft.timing = timing ?? draft.timing
    return draft
  }

  private func complete(_ draft: SpecDraft) throws -> SpecDraft {
    if isatty(STDIN_FILENO) == 1 {
      var questions = InitQuestions(draft, try Schema.ofSpec(), file: output) { question in
        Terminal.errors.write(question)
        return readLine()
      } tell: {
        Terminal.errors.write($0 + "\n")
      }
      return try questions.ask()
    }
    guard draft.missing.isEmpty else {
      throw InitFailure(
        "This cannot be read from the nodes, and there is no terminal to ask on. Add:\n  \(draft.missing.joined(separator: "\n  "))")
    }
    return draft
  }

  /// Paths of a spec start at its own directory, those of options here.
  private func absolute(_ path: String) throws -> String {
    if path.hasPrefix("/") || path.hasPrefix("~") { return path }
    guard let here = getcwd(nil, 0) else { throw InitFailure("This directory is gone; give absolute paths.") }
    defer { free(here) }
    return "\(String(cString: here))/\(path)"
  }
}
