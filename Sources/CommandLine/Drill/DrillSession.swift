import Apply
import ArgumentParser
import Cluster
import Core
import Drills
import FoundationEssentials
import Glibc
import Lab
import Transport

/// Where drills run, and who agreed to it.
struct DrillOptions: ParsableArguments {
  @OptionGroup var spec: SpecOptions
  @Option(help: ArgumentHelp("A lab: it is started, and its cluster built, where they are not there.", valueName: "name")) var lab: String?
  @Option(
    help: ArgumentHelp("Agree to break this cluster of your own, by its name; without it, it is asked for.", valueName: "cluster"))
  var agree: String?
  @Option(help: ArgumentHelp("Where reports are written; default: beside the history.", valueName: "directory")) var reports: String?
  @Flag(help: "For programs: one JSON array of results.") var json = false

  /// The site; for a cluster of the user's own only after they typed its name.
  func site() async throws -> Site {
    if let lab { return try await labSite(Lab(try LabName(lab))) }
    let session = try Session(spec)
    if let lab = Self.lab(of: session.cluster) { return Site(session.spec, door: session.door, lab: lab) }
    let name = session.cluster.name
    let question =
      "This breaks the cluster '\(name)', on which others may rely: nodes are rebooted or fenced, and the service stops for a while."
    guard agree == name || (agree == nil && confirmed(question, expected: name)) else {
      throw Refusal("Nothing was broken. To agree without a terminal: --agree \(name)")
    }
    return Site(session.spec, door: session.door, lab: nil)
  }

  /// The lab whose nodes the spec names; nil: they are machines of the user's.
  private static func lab(of cluster: ClusterSpec) -> Lab? {
    for name in Lab.all() {
      let lab = Lab(name)
      if cluster.nodes.allSatisfy({ $0.ssh.config == lab.sshConfig }) { return lab }
    }
    return nil
  }

  private func labSite(_ lab: Lab) async throws -> Site {
    try lab.refreshIfThere()
    _ = try await withProgress(nil) { live in try await lab.up { await live.show($0) } }
    try await lab.mend()
    let session = try await build(lab)
    return Site(session.spec, door: session.door, lab: lab) { tag in
      try lab.keep(tag: tag)
      return try await build(lab).spec
    }
  }
}

/// The lab's cluster as its spec says it; the spec lies in the lab's directory.
private func build(_ lab: Lab) async throws -> Session {
  let file = "\(lab.directory)/drills.yml"
  try Data(try lab.specYAML().utf8).write(to: URL(filePath: file))
  let session = try Session(SpecOptions.parse(["--file", file]), prompting: true)
  let consent = session.cluster.consentOfLab
  // A lab that was just started may have nodes that are still joining.
  let door = LockReading(session.door)
  let plan = try await makePlan(session.spec, consent: consent, asking: door)
  guard plan.blocking.isEmpty else { throw Refusal(PlanText(plan: plan, terminal: .output).text) }
  if !plan.isEmpty { _ = try await carryOut(plan, consent, session, seenAt: door.locks) }
  return session
}

extension ClusterSpec {
  /// A lab is there to be overwritten: its data's disk, and SBD's.
  var consentOfLab: Consent {
    Consent(destroy: Set([sharedStorage.disk, fencing.sbd(timing)?.disk].compactMap { $0 }), disruption: true)
  }
}
