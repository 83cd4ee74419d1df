import Core
import Testing

@testable import PMMServer

@Suite struct PlanTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")

  @Test("A plan for empty nodes brings the image, the files and the unit to both, the share's files to one")
  func empty() throws {
    let proposal = try example(archive: "/mnt/share/pmm-{tag}.tar").proposal([pmm1: bare(), pmm2: bare()])
    let files = [
      "Load docker.io/percona/pmm-server:3.4.1 from /mnt/share/pmm-3.4.1.tar", "Write /usr/lib/pmm-ha/pmm-start-check",
      "Write /usr/lib/ocf/resource.d/pmm-ha/pmm-server", "Write /etc/pmm-ha/pmm/env", "Write /etc/pmm-ha/pmm/pmm-server.env",
      "Write /etc/systemd/system/pmm-server.service",
    ]
    #expect(
      proposal.steps.map(\.id)
        == files.map { "pmm1/PMMServer/\($0)" } + files.map { "pmm2/PMMServer/\($0)" } + [
          "pmm1/PMMServer/Write /mnt/share/pmm/env", "pmm1/PMMServer/Write /mnt/share/pmm/pmm-server.env",
          "pmm2/PMMServer/Compare docker.io/percona/pmm-server:3.4.1 with pmm1's",
        ])
    #expect(proposal.steps.dropLast().allSatisfy { $0.stage == .files })
    #expect(proposal.steps.last?.stage == .storage)
    #expect(proposal.steps.allSatisfy { $0.effects.isEmpty })
    #expect(proposal.findings.isEmpty)
  }

  @Test("Applied twice is silent", arguments: [PMMSpec.ResourceClass.ocf, .systemd])
  func silent(resource: PMMSpec.ResourceClass) throws {
    let server = try example(resource: resource)
    #expect(server.proposal(try done(server)) == Proposal())
    #expect(server.proposal(try done(server, active: pmm1)) == Proposal())
  }

  @Test("A secret in the environment is compared on the node, and applied twice is silent too")
  func secret() throws {
    let server = try example(environment: ["TOKEN": .secret(.prompt)])
    let script = server.question.script
    #expect(script["SECRET"] == "/etc/pmm-ha/pmm/pmm-server.env /mnt/share/pmm/pmm-server.env")
    #expect(script["SECRETS"] == "+<secret pmm-environment-TOKEN>\n")
    #expect(script["SHOWN"]?.contains("pmm-server.env") == false)
    var facts = try done(server)
    for path in [PMMPath.environment, server.sharedEnvironment] { facts[pmm1]?.files[path] = FileFact(.same, mode: 0o600) }
    for path in [PMMPath.environment, server.sharedEnvironment] { facts[pmm2]?.files[path] = FileFact(.same, mode: 0o600) }
    #expect(server.proposal(facts) == Proposal())
    facts[pmm2]?.files[PMMPath.environment] = FileFact(.same, mode: 0o644)
    #expect(server.proposal(facts).steps.map(\.id) == ["pmm2/PMMServer/Write /etc/pmm-ha/pmm/pmm-server.env"])
  }

  @Test("Another tag is fetched by all nodes and compared, then PMM restarts from the node where it does not run")
  func update() throws {
    let proposal = try example(tag: "3.5.0").proposal(try done(example(), active: pmm1))
    #expect(
      proposal.steps.map { "\($0.stage) \($0.id)" } == [
        "files pmm1/PMMServer/Pull docker.io/percona/pmm-server:3.5.0", "files pmm1/PMMServer/Write /etc/pmm-ha/pmm/env",
        "files pmm2/PMMServer/Pull docker.io/percona/pmm-server:3.5.0", "files pmm2/PMMServer/Write /etc/pmm-ha/pmm/env",
        "files pmm1/PMMServer/Write /mnt/share/pmm/env",
        "storage pmm2/PMMServer/Compare docker.io/percona/pmm-server:3.5.0 with pmm1's",
        "settle pmm2/PMMServer/Restart PMM with docker.io/percona/pmm-server:3.5.0",
      ])
    #expect(
      proposal.steps.last?.effects == [
        .disrupts("PMM restarts on pmm1, because it runs docker.io/percona/pmm-server:3.4.1")
      ])
    #expect(proposal.findings.isEmpty)
    // Where it does not run, nothing has to restart.
    #expect(try example(tag: "3.5.0").proposal(try done(example())).steps.allSatisfy { $0.effects.isEmpty })
  }

  @Test("A node that lacks the image must get the one that the other has")
  func expected() throws {
    let server = try example()
    var facts = try done(server)
    facts[pmm2]?.images = [:]
    let steps = server.proposal(facts).steps
    #expect(steps.map(\.id) == ["pmm2/PMMServer/Pull docker.io/percona/pmm-server:3.4.1"])
    guard case .run(let script) = steps[0].action else { throw NotAScript() }
    #expect(script["EXPECTED"] == "abc")
  }

  @Test("Two images under one tag, an older tag and a new major version are refused")
  func refused() throws {
    var facts = try done(example())
    facts[pmm2]?.images["docker.io/percona/pmm-server:3.4.1"] = "def"
    #expect(try example().proposal(facts).findings.map(\.severity) == [.blocking])
    #expect(try example().proposal(facts).findings[0].message.contains("abc on pmm1, def on pmm2"))
    let older = try example(tag: "3.4.0").proposal(try done(example(), active: pmm2)).findings
    #expect(older.map(\.severity) == [.blocking])
    #expect(older[0].message == "3.4.0 is older than 3.4.1, which has worked on this data: PMM cannot go back")
    // The service is down: what was written last counts.
    #expect(try example(tag: "3.4.0").proposal(try done(example())).findings.map(\.severity) == [.blocking])
    let major = try example().proposal(try done(example(tag: "2.44.1"), active: pmm1)).findings
    #expect(major.map(\.message) == ["from 2.44.1 to 3.4.1 is a new major version, which a changed tag alone does not bring"])
  }

  @Test("A tag that floats is not older than a release that it can stand for", arguments: ["3", "3.4", "latest"])
  func floating(tag: String) throws {
    let facts = try done(example(), active: pmm2)
    let server = PMMServer(
      try PMMSpec(tag: tag, major: .three), nodes: [pmm1, pmm2], mountPoint: "/srv/pmm", device: nil, share: "/mnt/share/pmm", timing: .fast
    )
    #expect(server.proposal(facts).findings == [])
    #expect(server.spec.remarks.first?.message.hasPrefix("the tag \(tag) floats") == true)
    let older = try example(tag: "3.3").proposal(facts).findings
    #expect(older.map(\.message) == ["3.3 is older than 3.4.1, which has worked on this data: PMM cannot go back"])
  }

  @Test("The version of a running image is read behind a registry's port and before a digest")
  func runningVersion() throws {
    var facts = try done(example(tag: "3.10.0"), active: pmm1)
    facts[pmm1]?.container?.imageName = "registry.example:5000/percona/pmm-server:3.10.0"
    #expect(try example(tag: "3.9.1").proposal(facts).findings.map(\.severity) == [.blocking])
    // Without a tag in its name, what was written last counts, and not the registry's port.
    facts[pmm1]?.container?.imageName = "registry.example:5000/percona/pmm-server"
    #expect(
      try example(tag: "3.9.1").proposal(facts).findings.map(\.message) == [
        "3.9.1 is older than 3.10.0, which has worked on this data: PMM cannot go back"
      ])
  }

  @Test(
    "From PMM 2 the way leads over 3.8.1, and beyond 3.12 over a release of that",
    arguments: [
      ("3.8.1", "3.8.1, one apply"), ("3.9.1", "3.8.1, then 3.9.1, one apply"),
      ("3.13.0", "3.8.1, then a 3.12 release, then 3.13.0, one apply"), ("3", "3.8.1, then 3, one apply"),
    ])
  func fromTwo(tag: String, way: String) throws {
    let findings = try example(tag: tag).proposal(try done(example(tag: "2.44.1"), active: pmm1)).findings
    #expect(findings.map(\.severity) == [.blocking])
    #expect(findings[0].hint.contains("so the way is \(way)") && findings[0].hint.contains("chown -R 1000:0 /srv/pmm"))
  }

  @Test("Settings that PMM was not started with, an image renewed under its tag and a restart cut off need a restart")
  func restarts() throws {
    let server = try example()
    var facts = try done(server, active: pmm2)
    facts[pmm2]?.settingsCurrent = false
    #expect(
      server.proposal(facts).steps.map { "\($0.id): \($0.why)" } == [
        "pmm1/PMMServer/Restart PMM: its settings have changed since it was started"
      ])
    facts = try done(server, active: pmm2)
    facts[pmm2]?.container?.imageID = "old"
    #expect(
      server.proposal(facts).steps.map { "\($0.id): \($0.why)" } == ["pmm1/PMMServer/Restart PMM: it runs an older image of the same tag"])
    facts = try done(server)
    facts[pmm2]?.restartInterrupted = true
    #expect(server.proposal(facts).steps.map { "\($0.id): \($0.why)" } == ["pmm2/PMMServer/Restart PMM: a restart was cut off on pmm2"])
    facts = try done(server, active: pmm2)
    facts[pmm1]?.files[PMMPath.agent] = FileFact(.absent)
    #expect(server.proposal(facts).steps.map(\.id) == ["pmm1/PMMServer/Write /usr/lib/ocf/resource.d/pmm-ha/pmm-server"])
  }

  @Test("A unit that starts at boot is taken from systemd")
  func atBoot() throws {
    let server = try example()
    var facts = try done(server)
    facts[pmm1]?.unitFileState = "enabled"
    #expect(server.proposal(facts).steps.map(\.id) == ["pmm1/PMMServer/Have systemd read pmm-server.service"])
    // A unit of an older pmm-ha, or the runbook's, is in systemd's memory.
    facts[pmm1]?.unitFileState = "static"
    facts[pmm1]?.needsReload = true
    #expect(server.proposal(facts).steps.map(\.id) == ["pmm1/PMMServer/Have systemd read pmm-server.service"])
  }

  @Test("A taken port and PMM on both nodes are found")
  func findings() throws {
    let server = try example()
    var facts = try done(server)
    facts[pmm1]?.portTakenBy = "nginx"
    #expect(server.proposal(facts).findings.map(\.message) == ["port 443 is in use by nginx, so PMM cannot start here"])
    facts = try done(server, active: pmm1)
    facts[pmm2]?.alive = true
    #expect(server.proposal(facts).findings.map(\.severity) == [.danger])
  }

  @Test("The resource waits for PMM, or is the plain unit")
  func resource() throws {
    let ocf = try #require(try example().fragment.group.first)
    #expect(ocf.agent.description == "ocf:pmm-ha:pmm-server")
    #expect(ocf.parameters.map { "\($0.name)=\($0.value)" } == ["mount_point=/srv/pmm", "start_limit=1800"])
    #expect(ocf.operations.map { "\($0.name) \($0.interval) \($0.timeout)" } == ["start 0 7200", "stop 0 360", "monitor 5 30"])
    let plain = try #require(try example(resource: .systemd).fragment.group.first)
    #expect(plain.agent.description == "systemd:pmm-server" && plain.parameters.isEmpty)
    // The agent keeps 30 s for a hard end, and must outlast the unit's own time-out before.
    #expect(try example().stopTimeout - 30 > example().spec.stopGrace + 15)
  }

  /// What a node says where nothing of ours is.
  func bare() throws -> PMMFacts {
    try PMMFacts(Answer("== node\nshare=yes\n== modes\n== secret\n== unit\nAlive=no\n== port\n== images\n\n"))
  }

  /// What both nodes say when `server`'s plan has been carried out; PMM runs on `active`.
  func done(_ server: PMMServer, active: NodeName? = nil) throws -> [NodeName: PMMFacts] {
    var facts = [pmm1: try bare(), pmm2: try bare()]
    for step in server.proposal(facts).steps {
      guard case .write(let file) = step.action else { continue }
      let fact = FileFact(.shown, content: file.content.description, mode: file.mode)
      for node in [pmm1, pmm2] where node == step.node || file.path.hasPrefix(server.share) { facts[node]?.files[file.path] = fact }
    }
    for node in [pmm1, pmm2] {
      facts[node]?.images = [server.spec.reference: "abc"]
      facts[node]?.unitFileState = "static"
      facts[node]?.alive = node == active
    }
    if let active {
      facts[active]?.container = .init(imageName: server.spec.reference, imageID: "abc")
      facts[active]?.settingsCurrent = true
    }
    return facts
  }

  struct NotAScript: Error {}
}
