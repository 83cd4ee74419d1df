import ConfigShare
import Core
import Host
import Transport

/// A machine beside the nodes that pmm-ha sets up for them: the share's server, or its third vote. No member of the
/// cluster, and nothing of the cluster waits for it: one that cannot be asked is a finding.
package struct HelperFacts: Sendable, Equatable {
  package var host: HostFacts
  package var share: ServerFacts
}

/// What came of asking it.
package enum HelperAnswer: Sendable, Equatable {
  case facts(HelperFacts)
  /// Why there are none.
  case silent(String)
}

extension ClusterSpec {
  /// The machines beside the nodes.
  package var helpers: [NodeSpec] { [configShare.helper].compactMap { $0 } }

  /// What the helper must have of a host.
  var helperHost: HostSpec? {
    guard let helper = configShare.helper else { return nil }
    let packages: Packages = if case .nfs = configShare { .nfsServer } else { .glusterfs }
    let service: FirewallRule = if case .nfs = configShare { .service("nfs") } else { .service("glusterfs") }
    return HostSpec(nodes: [helper], packages: packages, firewall: [[service]], peers: nodes)
  }

  /// Asked side by side with the nodes.
  func surveyHelper(asking door: any Asking) async -> HelperAnswer? {
    guard let helper = configShare.helper, let host = helperHost, let question = share.serverQuestion() else { return nil }
    do {
      let answers = try await door.ask([host.question(helper.name), question], of: helper.name)
      return .facts(HelperFacts(host: try HostFacts(answers[0]), share: try ServerFacts(answers[1])))
    } catch {
      return .silent("\(error)")
    }
  }

  /// Its packages and its part of the share.
  func helperProposal(_ answer: HelperAnswer?) -> (proposal: Proposal, share: ServerFacts?) {
    switch (answer, configShare.helper, helperHost) {
    case (.facts(let facts), let helper?, let host?):
      let proposal = host.helperProposal(helper.name, facts.host)
      return (proposal, proposal.findings.contains { $0.severity == .blocking } ? nil : facts.share)
    case (.silent(let reason), let helper?, _):
      let lines = reason.split(separator: "\n").map { $0.trimmed }
      return (
        Proposal(findings: [
          Finding(
            .warning, at: helper.name.description, "it cannot be asked, so nothing is changed there: \(lines.first ?? "")",
            hint: lines.dropFirst().first ?? "see ssh to \(helper.name)")
        ]), nil
      )
    default: return (Proposal(), nil)
    }
  }
}

extension Substring {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
