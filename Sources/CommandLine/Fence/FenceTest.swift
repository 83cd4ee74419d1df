import ArgumentParser
import Core
import Operations

/// `pmm-ha fence test`
struct FenceTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Ask each device from each node that may use it; with --really, fence the passive node.",
    discussion: """
      Without --really nothing is switched: each device is asked for its node's state, as Pacemaker does, and status shows \
      when. With --really Pacemaker fences the passive node of a healthy cluster and sees it come back; PMM runs on. The \
      node is asked for by its name first.
      """)
  @Argument(help: ArgumentHelp("A node or a device; without it, all.", valueName: "node or device")) var what: String?
  @Flag(help: "Fence the passive node, through Pacemaker.") var really = false
  @Flag(help: "With --really: switch it off, then on, in place of a reboot.") var off = false
  @Option(help: ArgumentHelp("With --really: do not ask, by the node's name.", valueName: "node")) var yes: NodeName?
  @OptionGroup var options: OperationOptions

  func validate() throws {
    if !really, off || yes != nil { throw ValidationError("--off and --yes go with --really") }
  }

  func run() async throws {
    let session = try Session(options.spec)
    if really { try await fence(session) } else { try await ask(session) }
  }

  private func ask(_ session: Session) async throws {
    let tests = try await withProgress(nil) { [what] progress in
      try await testDevices(session.cluster, of: what, through: session.door) { await progress.show($0) }
    }
    guard !tests.isEmpty else { throw Refusal("There is no device that a node could ask. See: pmm-ha fence list") }
    if options.json {
      try printJSON(["tests": tests])
    } else {
      Terminal.output.write(tests.map { Self.text($0, .output) }.joined())
    }
    if tests.contains(where: { !$0.passed }) { throw ExitCode(1) }
  }

  static func text(_ test: DeviceTest, _ terminal: Terminal) -> String {
    let head = "\(terminal.style(test.device.padded(14), .bold))  \(test.node) from \(test.from)  "
    if test.passed { return "\(head)\(terminal.style("answers", .green))  \(terminal.style(test.seconds.seconds, .dim))\n" }
    return "\(head)\(terminal.style("failed", .red))\n\((test.reason ?? "").split(separator: "\n").map { "    \($0)\n" }.joined())"
  }

  private func fence(_ session: Session) async throws {
    let wanted = try what.map { name in
      guard let node = try? NodeName(name), session.nodes.contains(node) else {
        throw Refusal(
          "--really fences a node, and '\(name)' is none. The nodes are \(session.nodes.map(\.description).joined(separator: " and ")).")
      }
      return node
    }
    let before = try await status(session, "looking at the nodes")
    let (target, home) = try RealFencing.candidate(wanted, in: before, nodes: session.nodes)
    if let yes, yes != target { throw Refusal("--yes names \(yes), not \(target): nobody was fenced.") }
    let question = "This powers \(target) off, now. PMM runs on \(home) and stays there."
    guard yes == target || confirmed(question, expected: target.description) else {
      throw Refusal("Nobody was fenced. Without a question: --yes \(target)")
    }
    let fencing = try await options.locked([home], session) { [off, options] in
      try await withProgress(nil) { progress in
        try await RealFencing.run(target, from: home, off: off, limit: options.timeout, through: session.door) { await progress.show($0) }
      }
    }
    let after = try await settled(session)
    if options.json { try printJSON(fencing) } else { Terminal.output.write(Self.text(fencing, .output)) }
    guard after.isHealthy else {
      throw Refusal("\(target) is back, and the cluster is not healthy yet: see pmm-ha status.")
    }
    guard after.service.node == home.description, after.service.since == before.service.since else {
      throw Refusal("PMM was started anew while \(target) was fenced: it is not what it should do. See pmm-ha status.")
    }
  }

  private func status(_ session: Session, _ label: String) async throws -> ClusterStatus {
    try await withProgress(label) { _ in
      try await clusterStatus(of: session.nodes, through: session.door, url: session.cluster.readinessURL)
    }
  }

  /// The devices that the node watches are asked for the first time when it is online.
  private func settled(_ session: Session) async throws -> ClusterStatus {
    let end = ContinuousClock.now + .seconds(min(60, options.timeout))
    while true {
      let now = try await status(session, "waiting for a healthy cluster")
      if now.isHealthy || ContinuousClock.now > end { return now }
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  static func text(_ fencing: RealFencing, _ terminal: Terminal) -> String {
    let rows = [
      ("confirmed", fencing.confirmed), ("out of the cluster", fencing.lost), ("back in the cluster", fencing.back),
      ("online", fencing.online),
    ]
    return "\(terminal.style(fencing.node.description, .bold)) was \(terminal.style("really fenced", .green)) (\(fencing.action))"
      + " and is back; PMM ran on \(fencing.service) throughout.\n"
      + rows.map { "  \($0.0.padded(20))  \($0.1.seconds)\n" }.joined()
  }
}
