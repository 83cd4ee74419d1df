import Core

/// Who is a member of the cluster and who is known to it, by the two witnesses beside crm_mon. crmsh asks them, too, before
/// it lets a node be confirmed or removed.
package struct Membership: Sendable, Equatable {
  /// Corosync's members except the node that was asked, as corosync-quorumtool names them; a third vote is none. `.no`:
  /// the node that was asked is alone.
  package let others: Fact<[String]>
  /// The names of all nodes that Pacemaker knows and does not call lost (crm_node -l); never `.no`. A node that was removed stays
  /// `lost` there until Pacemaker's next start.
  package let known: Fact<Set<String>>

  package static var question: Question<Membership> {
    Question("probe-membership", PackageResources.probe_membership_sh) { Membership($0) }
  }

  /// Reads what probe-membership.sh printed (corosync-quorumtool of Corosync 3.1, crm_node of Pacemaker 2.0.5 and later).
  package init(_ answer: Answer) {
    let sections = answer.sections
    func said(_ name: String) -> String {
      let text = sections[name] ?? ""
      let status = sections["\(name) status"] ?? "?"
      return "exit status \(status), \(text.isEmpty ? "nothing" : "'\(text.suffix(200))'")"
    }
    others = Self.others(sections["corosync-quorumtool"] ?? "") ?? .unknown(Unknown("corosync-quorumtool -l", said("corosync-quorumtool")))
    let names = Self.names(sections["crm_node"] ?? "")
    known =
      sections["crm_node status"] == "0" && !names.isEmpty ? .yes(names) : .unknown(Unknown("crm_node -l", said("crm_node")))
  }

  /// The lines below "Nodeid Votes Name": "         2          1 pmm2", with "(local)" behind the node that was asked and 0
  /// for the number of a quorum device. nil where the list lacks the node that was asked: then it is not whole.
  private static func others(_ text: String) -> Fact<[String]>? {
    var others: [String] = []
    var hasLocal = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2, let id = Int(words[0]), id != 0 else { continue }
      if words.last == "(local)" {
        hasLocal = true
      } else {
        others.append("\(words[words.count - 1]) (number \(id))")
      }
    }
    return hasLocal ? (others.isEmpty ? .no : .yes(others)) : nil
  }

  /// Lines "1 pmm1 member".
  private static func names(_ text: String) -> Set<String> {
    Set(
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.count > 1 && Int(words[0]) != nil && words.last != "lost" ? String(words[1]) : nil
      })
  }
}

/// Whether a machine says of itself that it runs nothing of a cluster.
package struct Idleness: Sendable, Equatable {
  /// `.yes`: Pacemaker, Corosync and PMM are stopped there. `.no`: one of them runs.
  package let isIdle: Fact<Bool>

  package static var question: Question<Idleness> { Question("probe-idle", PackageResources.probe_idle_sh, limit: 45) { Idleness($0) } }

  /// Reads what probe-idle.sh printed.
  package init(_ answer: Answer) {
    let lines = Set(answer.output.split(separator: "\n"))
    let units = ["pacemaker.service", "corosync.service", "pmm-server.service"]
    let stopped = units.allSatisfy { unit in
      ["inactive", "failed"].contains { lines.contains("\(unit) ActiveState=\($0)") }
    }
    let programs = lines.first { $0.hasPrefix("programs ") } ?? ""
    if stopped, programs == "programs seen=yes" {
      isIdle = .yes(true)
    } else if programs.hasPrefix("programs seen=yes ") || lines.contains(where: { $0.hasSuffix("ActiveState=active") }) {
      isIdle = .no
    } else {
      isIdle = .unknown(Unknown("systemctl and /proc", lines.isEmpty ? "nothing" : lines.sorted().joined(separator: "; ")))
    }
  }
}
