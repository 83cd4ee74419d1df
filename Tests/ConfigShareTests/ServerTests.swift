import Core
import Foundation
import Testing

@testable import ConfigShare

private let share = ConfigShare(
  .nfs(try! NFSShare(path: "/mnt/share/pmm", server: "nfs1", export: "/srv/pmm-ha", create: SSHSpec())), nodes: nodes)
private let server = try! NodeName("nfs1")
private let line =
  "/srv/pmm-ha "
  + ["198.51.100.11", "198.51.101.11", "198.51.100.12", "198.51.101.12"].map { "\($0)(rw,sync,no_subtree_check,no_root_squash)" }
  .joined(separator: " ")

private func facts(_ text: String) throws -> ServerFacts { try ServerFacts(Answer(text)) }

private let whole = """
  == server
  directory=700 root:root
  active=active
  boot=enabled
  == exports 644
  # Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.
  \(line)

  == exported
  /srv/pmm-ha  198.51.100.11(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,no_root_squash,no_all_squash)
  /srv/pmm-ha  198.51.101.11(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,no_root_squash,no_all_squash)
  /srv/pmm-ha  198.51.100.12(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,no_root_squash,no_all_squash)
  /srv/pmm-ha  198.51.101.12(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,no_root_squash,no_all_squash)
  == end

  """

@Suite struct ServerTests {
  @Test("A new export is for the nodes' own addresses and for nobody else, before any node mounts it")
  func bare() throws {
    let plan = share.server(server, try facts("== server\nactive=inactive\nboot=\n== end\n"))
    #expect(
      plan.steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "nfs1 packages Write /etc/exports.d/pmm-ha-srv-pmm-ha.exports", "nfs1 packages Export /srv/pmm-ha to the nodes",
      ])
    guard case .write(let file) = plan.steps[0].action else { throw Unexpected() }
    #expect(file.content.description.split(separator: "\n").last.map(String.init) == line)
    #expect(!file.content.description.contains("*"))
  }

  @Test("Where the export is given out nothing is done")
  func silent() throws { #expect(share.server(server, try facts(whole)) == Proposal()) }

  @Test(
    "Every part that is missing is brought back",
    arguments: [
      ("directory=700 root:root\n", "", "there is no such directory"), ("active=active", "active=failed", "the NFS server does not run"),
      ("boot=enabled", "boot=disabled", "the NFS server would not start at boot"),
      ("/srv/pmm-ha  198.51.101.12", "/srv/other  198.51.101.12", "the NFS server does not give it out"),
      ("no_root_squash)\n\n==", "no_root_squash) *(rw)\n\n==", "who may mount it changes"),
    ])
  func missing(old: String, new: String, why: String) throws {
    #expect(whole.contains(old))
    #expect(share.server(server, try facts(whole.replacing(old, with: new))).steps.last?.why == why)
  }

}
