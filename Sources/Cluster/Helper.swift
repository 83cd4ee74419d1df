import ConfigShare
import Core
import Host
import Quorum
import Transport

/// A machine beside the nodes that pmm-ha sets up for them: the share's server, its arbiter, the third vote, or several of
/// them. No member of the cluster, and nothing that runs waits for it: one that cannot be asked is a finding.
package struct HelperFacts: Sendable, Equatable {
  package var host: HostFacts
  /// Where it is the share's.
  package var share: ServerFacts?
  /// Where it has the third vote.
  package var voter: VoterFacts?
}

/// What came of asking it.
package enum HelperAnswer: Sendable, Equatable {
  case facts(HelperFacts)
  /// Why there are none.
  case silent(String)
}

extension ClusterSpec {
  /// The machines beside the nodes.
  package var helpers: [NodeSpec] {
    let all = [configShare.helper, quorum?.device.machine].compactMap { $0 }
    return all.enumerated().filter { index, helper in !all[..<index].contains { $0.name == helper.name } }.map(\.element)
  }

  /// What the helper must have of a host.
  private func host(of helper: NodeSpec) -> HostSpec {
    var packages = Packages()
    var rules: [FirewallRule] = []
    if configShare.helper?.name == helper.name {
      let isNFS = if case .nfs = configShare { true } else { false }
      packages = packages + (isNFS ? .nfsServer : .glusterfs)
      rules.append(.service(isNFS ? "nfs" : "glusterfs"))
    }
    if quorum?.device.machine.name == helper.name {
      packages = packages + .quorumVoter
      // Of it, port 5403.
      rules.append(.highAvailability)
    }
    return HostSpec(nodes: [helper], packages: packages, firewall: [rules], peers: nodes)
  }

  /// Asked side by side with the nodes. (A task group's `reduce` of (NodeName, HelperAnswer) crashed in optimised builds, Swift
  /// 6.3.1: the name it handed on was not one.)
  func surveyHelpers(asking door: any Asking) async -> [NodeName: HelperAnswer] {
    let helpers = helpers
    // Nothing is thrown: what fails on one is its answer.
    let answers = try? await onAll(helpers.map(\.name)) { name -> HelperAnswer in
      do {
        guard let helper = helpers.first(where: { $0.name == name }) else { return .silent("\(name) is not in the spec") }
        return .facts(try await survey(helper, asking: door))
      } catch {
        return .silent("\(error)")
      }
    }
    return answers ?? [:]
  }

  private func survey(_ helper: NodeSpec, asking door: any Asking) async throws -> HelperFacts {
    let serves = configShare.helper?.name == helper.name ? share.serverQuestion() : nil
    let votes = quorum?.device.machine.name == helper.name ? VoterFacts.question : nil
    let (host, share, voter) = try await door.ask(
      host(of: helper).question(helper.name), Question(optional: serves), Question(optional: votes), of: helper.name)
    return HelperFacts(host: host, share: share, voter: voter)
  }

  /// Their packages; and what the share and the vote need to know of them, where nothing stands against it.
  func helperProposal(_ answers: [NodeName: HelperAnswer]) -> (proposal: Proposal, share: ServerFacts?, voter: VoterFacts?) {
    var result: (proposal: Proposal, share: ServerFacts?, voter: VoterFacts?) = (Proposal(), nil, nil)
    for helper in helpers {
      switch answers[helper.name] {
      case .facts(let facts):
        let proposal = host(of: helper).helperProposal(helper.name, facts.host)
        result.proposal += proposal
        if proposal.findings.contains(where: { $0.severity == .blocking }) { continue }
        result.share = result.share ?? facts.share
        result.voter = result.voter ?? facts.voter
      case .silent(let reason):
        let lines = reason.split(separator: "\n").map { $0.trimmed }
        result.proposal.findings.append(
          Finding(
            .warning, at: helper.name.description, "it cannot be asked, so nothing is changed there: \(lines.first ?? "")",
            hint: lines.dropFirst().first ?? "see ssh to \(helper.name)"))
      case nil: break
      }
    }
    return result
  }
}

extension Substring {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
