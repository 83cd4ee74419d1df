import Foundation
import Testing

@testable import Core
@testable import Pacemaker

@Suite("The edit of a live CIB") struct EditTests {
  @Test("What we generate needs no edit, as generated, run and upgraded by Pacemaker")
  func silent() throws {
    let seeded = try XMLNode(parsing: Example.desired.seed)
    #expect(Example.desired.edit(seeded) == CIBEdit())
    let upgraded = try Tools.withFile(Tools.settled(Example.desired.seed)) { path in
      _ = try Tools.run("cibadmin", "--upgrade", "--force", environment: ["CIB_file": path])
      return try String(contentsOfFile: path, encoding: .utf8)
    }
    #expect(upgraded.contains("validate-with=\"pacemaker-3.9\""))
    #expect(Example.desired.edit(try XMLNode(parsing: upgraded)) == CIBEdit())
  }

  @Test("Times written another way and sets split in two mean the same")
  func sameMeaning() throws {
    let rewritten = Example.desired.seed.replacing("timeout=\"40s\"", with: "timeout=\"40000ms\"").replacing(
      "interval=\"0s\"", with: "interval=\"0\"")
    #expect(rewritten != Example.desired.seed)
    #expect(Example.desired.edit(try XMLNode(parsing: rewritten)).changes.isEmpty)
  }

  @Test("A changed parameter is put right, in its place, by one patch")
  func parameter() throws {
    var wanted = Example.desired
    wanted.group.members[1].parameters[1] = Pair("cidr_netmask", "25")
    let (edit, cib) = try apply(wanted, to: Tools.settled(Example.desired.seed))
    #expect(edit.reasons == ["pmm_ip: cidr_netmask: 24 -> 25"])
    #expect(cib.descendants("primitive").map(\.id) == ["fence_pmm1", "fence_pmm2", "pmm_fs", "pmm_ip", "pmm_server"])
    #expect(wanted.edit(cib) == CIBEdit())
  }

  @Test("Members leave and come in the wanted order, and the edit then is empty")
  func members() throws {
    var wanted = Example.desired
    let address = wanted.group.members.remove(at: 1)
    let (first, without) = try apply(wanted, to: Tools.settled(Example.desired.seed))
    #expect(first.reasons.contains("pmm_ip: no longer wanted"))
    #expect(without.descendants("group").first?.all("primitive").map(\.id) == ["pmm_fs", "pmm_server"])
    #expect(wanted.edit(without) == CIBEdit())
    wanted.group.members.insert(address, at: 0)
    let (_, with) = try apply(wanted, to: without.indented)
    #expect(with.descendants("group").first?.all("primitive").map(\.id) == ["pmm_ip", "pmm_fs", "pmm_server"])
    #expect(wanted.edit(with) == CIBEdit())
  }

  @Test("What others added with pcs survives: resources, group members, constraints, properties; and is named")
  func foreign() throws {
    let lab = try fixture("cib-2.1.5-foreign.xml")
    let (edit, cib) = try apply(Example.desired, to: lab)
    let ids = Set(cib.subtree.map(\.id))
    #expect(ids.isSuperset(of: ["zz", "zg", "ff", "location-zz-pmm2-INFINITY", "cib-bootstrap-options-cluster-recheck-inte"]))
    #expect(cib.descendants("group").first?.all("primitive").map(\.id) == ["pmm_fs", "pmm_ip", "pmm_server", "zg"])
    #expect(Set(edit.findings.map(\.place)).isSuperset(of: ["zz", "zg", "ff", "location-zz-pmm2-INFINITY", "cluster-recheck-interval"]))
    #expect(edit.findings.allSatisfy { $0.severity == .note })
    #expect(Example.desired.edit(cib).changes.isEmpty)
  }

  @Test("A foreign device's password never stands in what is sent")
  func foreignSecret() throws {
    let lab = try fixture("cib-2.1.5-foreign.xml").replacing(
      "<primitive id=\"zz\"",
      with:
        "<primitive id=\"yy\" class=\"stonith\" type=\"fence_apc\"><instance_attributes id=\"yy-i\"><nvpair id=\"yy-p\" name=\"passwd\" value=\"hunter2\"/></instance_attributes></primitive><primitive id=\"zz\""
    )
    let cib = try XMLNode(parsing: lab)
    #expect(!Example.desired.edit(cib).lines.contains("hunter2"))
    #expect(lab.contains("hunter2") && !cib.redacted.description.contains("hunter2"))
  }

  @Test("An administrator's target-role stays, and is named")
  func disabled() throws {
    let running = try Tools.settled(Example.desired.seed)
    let disabled = try Tools.withFile(running) { path in
      let output = try Tools.run(
        "crm_resource", "--resource", "pmm", "--meta", "--set-parameter", "target-role", "--parameter-value", "Stopped",
        environment: ["CIB_file": path])
      #expect(output.status == 0)
      return try String(contentsOfFile: path, encoding: .utf8)
    }
    let edit = Example.desired.edit(try XMLNode(parsing: disabled))
    #expect(edit.changes.isEmpty)
    #expect(edit.findings.map(\.severity) == [.warning])
    var wanted = Example.desired
    wanted.group.meta.append(Pair("is-managed", "true"))
    let (_, cib) = try apply(wanted, to: disabled)
    #expect(cib.descendants("nvpair").contains { $0["name"] == "target-role" && $0["value"] == "Stopped" })
  }

  @Test("Levels, devices and properties come and go")
  func fencing() throws {
    let two = DesiredCIB.merge(
      Example.fragments(fencing: [
        Example.device("fence_pmm1", for: "pmm1"), Example.device("fence_pmm1_2", for: "pmm1"), Example.device("fence_pmm2", for: "pmm2"),
      ]), Example.spec)
    let (_, cib) = try apply(two, to: Tools.settled(Example.desired.seed))
    #expect(cib.descendants("fencing-level").map(\.id) == ["fl-pmm1-1", "fl-pmm1-2"])
    #expect(two.edit(cib) == CIBEdit())
    let (back, less) = try apply(Example.desired, to: cib.indented)
    #expect(back.reasons.contains("fence_pmm1_2: no longer wanted"))
    #expect(less.descendants("fencing-level").isEmpty)
    #expect(!less.descendants("nvpair").contains { $0["name"] == "stonith-timeout" })
    #expect(Example.desired.edit(less) == CIBEdit())
  }

  @Test("A configuration that someone changed meanwhile is not touched")
  func meanwhile() throws {
    try Tools.withFile(Tools.settled(Example.desired.seed)) { path in
      let before = try String(contentsOfFile: path, encoding: .utf8)
      var wanted = Example.desired
      wanted.properties[2] = Pair("dc-deadtime", "7s")
      let script = try wanted.edit(XMLNode(parsing: before)).script("patch-cib", PackageResources.patch_cib_sh, epoch: "0.99999")
      let output = try Tools.run(script, cib: path)
      #expect(output.status == 1)
      #expect(output.text.contains("Someone changed the cluster's configuration since the plan was made"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }
  }

  @Test("What crm_verify or the schema refuses is not applied", arguments: ["nowhere", "resource"])
  func refused(kind: String) throws {
    try Tools.withFile(Tools.settled(Example.desired.seed)) { path in
      let before = try String(contentsOfFile: path, encoding: .utf8)
      var wanted = Example.desired
      if kind == "nowhere" {
        wanted.locations.append(.init("location-x", resource: "nothing", node: node("pmm1"), score: "1"))
      } else {
        wanted.group.members[2] = Primitive(
          "pmm_server", .ocf("pmm-ha", "pmm-server"),
          operations: [Operation("monitor", interval: 5, timeout: 30, options: [Pair("on-fail", "nonsense")])])
      }
      let script = try wanted.edit(XMLNode(parsing: before)).script("patch-cib", PackageResources.patch_cib_sh, epoch: version(before))
      let output = try Tools.run(script, cib: path)
      #expect(output.status != 0)
      #expect(output.text.contains("so nothing was changed"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }
  }

  @Test("The script run again without a look at the version changes nothing")
  func twice() throws {
    try Tools.withFile(Tools.settled(Example.desired.seed)) { path in
      let before = try String(contentsOfFile: path, encoding: .utf8)
      var wanted = Example.desired
      wanted.group.meta[1] = Pair("resource-stickiness", "200")
      let edit = wanted.edit(try XMLNode(parsing: before))
      #expect(try Tools.run(edit.script("patch-cib", PackageResources.patch_cib_sh, epoch: version(before)), cib: path).status == 0)
      let once = try String(contentsOfFile: path, encoding: .utf8)
      #expect(once != before)
      #expect(try Tools.run(edit.script("patch-cib", PackageResources.patch_cib_sh, epoch: version(once)), cib: path).status == 0)
      #expect(
        try XMLNode(parsing: String(contentsOfFile: path, encoding: .utf8)).child("configuration")
          == XMLNode(parsing: once).child("configuration"))
    }
  }

  private func version(_ cib: String) throws -> String {
    let cib = try XMLNode(parsing: cib)
    return "\(cib["admin_epoch"] ?? "").\(cib["epoch"] ?? "")"
  }

  /// The edit, and the CIB after the real script has made it, with a file in place of a cluster.
  private func apply(_ wanted: DesiredCIB, to cib: String) throws -> (CIBEdit, XMLNode) {
    let edit = wanted.edit(try XMLNode(parsing: cib))
    let script = try edit.script("patch-cib", PackageResources.patch_cib_sh, epoch: version(cib))
    return try Tools.withFile(cib) { path in
      let output = try Tools.run(script, cib: path)
      #expect(output.text == "")
      #expect(output.status == 0)
      return (edit, try XMLNode(parsing: String(contentsOfFile: path, encoding: .utf8)))
    }
  }
}
