import ArgumentParser
import Cluster
import Lab

/// `pmm-ha lab up`
struct LabUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Make a lab, or what of it is missing; both nodes answer ssh when it returns.")
  @OptionGroup var options: LabOptionGroup
  @Option(
    help: ArgumentHelp(
      "Run this PMM, fetched from its registry, in place of the lab's own; or localhost/pmm-lab with a tag of the lab's own.",
      valueName: "image:tag"))
  var pmmImage: String?
  @Option(help: ArgumentHelp("Also make this tag of the lab's own PMM, such as 3.0.1-slow-start; can be repeated.", valueName: "tag"))
  var pmmTag: [String] = []
  @Option(help: "What the nodes are made of: container, in seconds, or vm, with kernels and disks of their own.") var driver: NodeKind?
  @Option(help: "Whose instances the nodes are: ec2, with an EC2 API and metadata services; leave it out for machines with BMCs.")
  var cloud: CloudKind?
  @Option(help: "What fences in the lab's spec: ipmi, the nodes' BMCs, or sbd, a second shared disk and watchdogs, with --driver vm.")
  var fencing: LabFencing?
  @Flag(help: "A third node that serves storage (NFS, iSCSI) and a vote (qnetd) to the two.") var third = false
  @Flag(help: "Nodes without Pacemaker and the rest, so that apply installs it.") var bare = false
  @Flag(help: "For programs: the lab as one JSON object.") var json = false

  func run() async throws {
    let lab = try options.lab
    let wanted = LabOptions(
      driver: driver, third: third ? true : nil, bare: bare ? true : nil, cloud: cloud, fencing: fencing,
      pmm: try pmmImage.map { try LabPMM(reference: $0) }, pmmTags: try pmmTag.map { try LabPMM.ownTag($0) })
    let status = try await withProgress(nil) { live in
      try await lab.up(wanted) { await live.show($0) }
    }
    if status.cloud != nil { try lab.setPolicy(try policy(of: lab)) }
    if json { return try printJSON(status) }
    Terminal.output.write(LabText(status: status).render())
  }
}

extension NodeKind: ExpressibleByArgument {}
extension CloudKind: ExpressibleByArgument {}
extension LabFencing: ExpressibleByArgument {}

/// What `pmm-ha ec2 policy` prints for the lab's own spec.
private func policy(of lab: Lab) throws -> String {
  try LoadedSpec(yaml: lab.specYAML(), file: "lab.yml").cluster.ec2Policy().document.json
}

extension LiveProgress {
  /// A stage of a lab's making: live while it lasts, a line when it took a while.
  func show(_ event: LabEvent) {
    switch event {
    case .began(let what): phase(what)
    case .finished(let what, let seconds):
      phase(nil)
      let errors = Terminal.errors
      guard seconds >= 0.2 else { return }
      errors.write("  \(errors.style("✓", .green)) \(what)  \(errors.style(seconds.seconds, .dim))\n")
    }
  }
}
