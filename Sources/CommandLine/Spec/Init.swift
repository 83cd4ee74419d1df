import ArgumentParser
import Cluster
import EC2
import Glibc
import SpecFile

/// `pmm-ha init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a few questions and write a spec.",
    discussion: """
      Asks for what the options do not say; without a terminal the options must say it all. No password is asked for or \
      written: the spec says where passwords come from.
      """)

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output = "pmm-ha.yml"

  @Flag(help: "Overwrite the file.")
  var force = false

  @Option(help: ArgumentHelp("On EC2: what describe-stacks printed of a stack that pmm-ha ec2 template made.", valueName: "file"))
  var fromStack: String?

  @Option(help: ArgumentHelp("The cluster's name.", valueName: "name"))
  var cluster: String?

  @Option(help: ArgumentHelp("A node and its addresses, one for each ring; twice.", valueName: "name=address,..."))
  var node: [String] = []

  @Option(help: ArgumentHelp("Who logs in to the nodes.", valueName: "user"))
  var sshUser: String?

  @Option(help: ArgumentHelp("An ssh_config that knows the nodes.", valueName: "file"))
  var sshConfig: String?

  @Option(help: ArgumentHelp("The virtual IP.", valueName: "address/prefix"))
  var vip: String?

  @Option(help: ArgumentHelp("The nodes' interface for the virtual IP.", valueName: "name"))
  var interface: String?

  @Option(help: ArgumentHelp("The shared disk.", valueName: "path"))
  var device: String?

  @Option(help: ArgumentHelp("ext4 or xfs.", valueName: "type"))
  var filesystem: String?

  @Option(help: ArgumentHelp("Where the shared disk is mounted.", valueName: "path"))
  var mountPoint: String?

  @Option(help: ArgumentHelp("The directory that both nodes share.", valueName: "path"))
  var configShare: String?

  @Option(help: ArgumentHelp("A fence agent, or \(SpecDraft.noFencing).", valueName: "agent"))
  var fencing: String?

  @Option(help: ArgumentHelp("A node's fencing device: its BMC, say; once a node.", valueName: "name=address"))
  var fenceDevice: [String] = []

  @Option(help: ArgumentHelp("Who logs in to the fencing devices.", valueName: "user"))
  var fenceUser: String?

  @Option(help: ArgumentHelp("fast, standard or cloud.", valueName: "profile"))
  var timing: String?

  @Option(help: ArgumentHelp("PMM's container image, without a tag.", valueName: "image"))
  var image: String?

  @Option(help: ArgumentHelp("The image's tag.", valueName: "tag"))
  var tag: String?

  func run() throws {
    let target = try SpecTarget(output, force: force)
    let schema = try Schema.ofSpec()
    if let fromStack { return try write(stack: fromStack, to: target, schema) }
    var draft = try self.draft()
    if isatty(STDIN_FILENO) == 1 {
      var questions = InitQuestions(draft, schema, file: output) { question in
        Terminal.errors.write(question)
        return readLine()
      } tell: {
        Terminal.errors.write($0 + "\n")
      }
      draft = try questions.ask()
    }
    guard draft.missing.isEmpty else {
      throw InitFailure("Not enough is known, and there is no terminal to ask on. Add:\n  \(draft.missing.joined(separator: "\n  "))")
    }
    try target.write(draft.yaml(schema))
    let variables = draft.fencing == SpecDraft.noFencing ? [] : draft.nodes.map { SpecDraft.passwordVariable($0.name) }
    Terminal.output.write("\(output) is written. Next: pmm-ha plan --file \(output)\n")
    if !variables.isEmpty {
      Terminal.output.write(
        "The fencing devices' passwords are read from environment variables: \(variables.joined(separator: ", ")).\n")
    }
  }

  /// The stack knows everything but who logs in.
  private func write(stack file: String, to target: SpecTarget, _ schema: Schema) throws {
    do {
      try target.write(specOfStack(file, user: sshUser ?? "ec2-user", tag: tag ?? schema["pmm"]?["tag"]?.example?.text ?? ""))
    } catch let error as UnusableStack {
      throw InitFailure("Nothing is written. \(file): \(error).")
    }
    Terminal.output.write("\(output) is written. Next: pmm-ha plan --file \(output)\n")
  }

  /// What the options say.
  private func draft() throws -> SpecDraft {
    func pairs(_ option: String, _ values: [String]) throws -> [(name: String, value: String)] {
      try values.map { value in
        guard let equals = value.firstIndex(of: "=") else {
          throw InitFailure("'--\(option) \(value)' has no '=': write NAME=ADDRESS.")
        }
        return (String(value[..<equals]), String(value[value.index(after: equals)...]))
      }
    }
    var draft = SpecDraft()
    draft.nodes = try pairs("node", node).map { .init(name: $0.name, addresses: $0.value.split(separator: ",").map(String.init)) }
    draft.fenceAddresses = Dictionary(try pairs("fence-device", fenceDevice).map { ($0.name, $0.value) }) { $1 }
    (draft.cluster, draft.sshUser, draft.sshConfig, draft.virtualIP, draft.interface) = (cluster, sshUser, sshConfig, vip, interface)
    (draft.device, draft.filesystem, draft.mountPoint, draft.configShare) = (device, filesystem, mountPoint, configShare)
    (draft.fencing, draft.fenceUser, draft.timing, draft.image, draft.tag) = (fencing, fenceUser, timing, image, tag)
    let strangers = draft.fenceAddresses.keys.filter { name in !draft.nodes.contains { $0.name == name } }.sorted()
    if !draft.nodes.isEmpty, let stranger = strangers.first { throw InitFailure("--fence-device: there is no node \(stranger).") }
    return draft
  }
}

/// Why no spec was written.
struct InitFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
