import Cluster
import Core
import Foundation
import SpecFile
import Testing

@Suite("The whole spec")
struct ClusterSpecTests {
  @Test("The example decodes into a cluster of two nodes, without a finding")
  func exampleDecodes() throws {
    let loaded = try LoadedSpec(yaml: Schema.exampleText, file: "pmm-ha.yml")
    #expect(loaded.cluster.name == "pmm-ha")
    #expect(loaded.cluster.nodes.map(\.name.description) == ["pmm1", "pmm2"])
    #expect(loaded.cluster.nodes.map(\.ssh) == [SSHSpec(), SSHSpec()])
    #expect(loaded.cluster.fencing.devices.map(\.parameters) == Array(repeating: ["lanplus": "1", "cipher": "3"], count: 2))
    #expect(loaded.cluster.pmm.reference == "docker.io/percona/pmm-server:3.9.1")
    #expect(loaded.secrets.entries.map(\.name.description) == ["hacluster", "fencing-fence_pmm1", "fencing-fence_pmm2"])
    #expect(loaded.problems.isEmpty)
  }

  @Test(
    "A wrong spec is answered with all its mistakes at once: line, path, what would be right",
    arguments: ["empty", "syntax", "structure", "meaning", "fencing", "paths"])
  func allMistakes(_ name: String) throws {
    let error = try #require(throws: UnusableSpec.self) { try LoadedSpec(yaml: fixture("\(name).yml"), file: "pmm-ha.yml") }
    #expect("\(error)\n" == (try fixture("\(name).txt")))
  }

  @Test("A spec that is right but risky loads, with a word on each risk")
  func warnings() throws {
    let loaded = try LoadedSpec(yaml: fixture("warnings.yml"), file: "specs/pmm-ha.yml")
    #expect(loaded.problems.map { $0.description(file: "pmm-ha.yml") + "\n" }.joined() == (try fixture("warnings.txt")))
    // Paths of the operator's machine start at the spec's directory; absolute ones stay.
    #expect(loaded.cluster.nodes[0].ssh.config == "specs/lab/ssh_config")
    #expect(loaded.cluster.nodes[0].ssh.identity == "/root/key")
    #expect(loaded.secrets.directory == "specs")
    #expect(loaded.secrets.entries.map(\.place) == ["secrets/hacluster", "pmm/environment/GF_TOKEN"])
    #expect(loaded.cluster.sharedStorage.mountPoint == "/srv/pmm")
    #expect(loaded.cluster.pmm.major == .two)
  }

  @Test("A tag reads the same quoted or not: 3.10 is no number", arguments: ["3.10", "\"3.10\"", "'3.10'"])
  func tagsAreText(tag: String) throws {
    let loaded = try LoadedSpec(yaml: Schema.exampleText.replacing("tag: 3.9.1", with: "tag: \(tag)"), file: "pmm-ha.yml")
    #expect(loaded.cluster.pmm.tag == "3.10")
    #expect(loaded.problems.map(\.finding.place) == ["pmm/tag"], "it floats")
  }

  @Test(
    "PMM's settings are judged by its major version, before anything restarts",
    arguments: [
      ("3.9.1", "DISABLE_TELEMETRY: 1", Finding.Severity.blocking, "Write PMM_ENABLE_TELEMETRY: \"0\" in its place."),
      ("3.9.1", "PMM_DATA_RETENTION: 30", .blocking, "Write a number and its unit, such as 720h for 30 days."),
      ("3.9.1", "LESS_LOG_NOISE: 1", .warning, "Remove it."),
      ("2.44.1", "PMM_DATA_RETENTION: 720h", .blocking, "Write DATA_RETENTION in its place."),
      ("3.9.1", "PMM_ENABLE_TELEMTRY: 1", .note, "Did you mean PMM_ENABLE_TELEMETRY?"),
    ])
  func environment(tag: String, line: String, severity: Finding.Severity, hint: String) throws {
    var text = Schema.exampleText.replacing("tag: 3.9.1", with: "tag: \(tag)").replacing("    PMM_DATA_RETENTION: 720h\n", with: "")
    text = text.replacing("PMM_ENABLE_TELEMETRY: \"0\"", with: line)
    var problems: [Problem] = []
    do { problems = try LoadedSpec(yaml: text, file: "pmm-ha.yml").problems } catch let error as UnusableSpec { problems = error.problems }
    problems.removeAll { $0.finding.place == "pmm/tag" }
    #expect(problems.map(\.finding.severity) == [severity] && problems.map(\.finding.hint) == [hint])
    #expect(problems.first?.finding.place.hasPrefix("pmm/environment/") == true)
  }

  @Test("A mistake hides no other: each line of the fixtures is found alone too")
  func nothingIsHidden() throws {
    // One key wrong in an otherwise right file gives exactly one mistake.
    let example = Schema.exampleText
    for (right, wrong) in [
      ("port: 443", "port: 2224"), ("preferred_node: pmm1", "preferred_node: pmm3"), ("prefix: 24", "prefix: 30"),
      ("path: /mnt/share/pmm", "path: /srv/pmm/share"), ("address: 198.51.100.100", "address: 198.51.100.12"),
    ] {
      let text = example.replacingOccurrences(of: "# \(right)", with: right).replacingOccurrences(of: right, with: wrong)
      let error = try #require(throws: UnusableSpec.self, "\(wrong)") { try LoadedSpec(yaml: text, file: "pmm-ha.yml") }
      #expect(error.problems.filter(\.isError).count == 1, "\(error)")
    }
  }

  @Test(
    "A file that is not there, or is no text, is said so",
    arguments: [("nothing.yml", "there is no such file"), ("binary.yml", "not UTF-8")])
  func unreadable(_ name: String, _ words: String) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data("cluster: a\nnodes: \u{e4}".utf8.dropLast()).write(to: directory.appending(path: "binary.yml"))
    let error = try #require(throws: UnusableSpec.self) { try LoadedSpec(file: directory.path + "/" + name) }
    #expect(error.description.contains(words), "\(error)")
    if name == "binary.yml" { #expect(error.problems[0].position.line == 2) }
  }

  @Test("The answers of init make a spec that is right, whatever characters they have")
  func drafts() throws {
    var draft = SpecDraft()
    draft.nodes = [.init(name: "pmm1", addresses: ["10.0.0.1"]), .init(name: "0", addresses: ["10.0.0.2"])]
    #expect(draft.suggestedVirtualIP == "10.0.0.100/24")
    #expect(draft.missing.count == 4)
    draft.virtualIP = "10.0.0.100/24"
    draft.device = "/dev/disk/by-id/a:b#c"
    draft.fenceAddresses = ["pmm1": "bmc1", "0": "bmc2"]
    draft.fenceUser = "x: \"y\" # z"
    draft.configShare = "/mnt/{share}"
    draft.tag = "3.10"
    #expect(draft.missing.isEmpty)
    let cluster = try LoadedSpec(yaml: draft.yaml(try Schema.ofSpec()), file: "pmm-ha.yml").cluster
    #expect(cluster.nodes.map(\.name.description) == ["pmm1", "0"])
    #expect(cluster.fencing.devices.map(\.user) == ["x: \"y\" # z", "x: \"y\" # z"])
    #expect(cluster.configShare.path == "/mnt/{share}")
    #expect(cluster.pmm.tag == "3.10")
    draft.fencing = SpecDraft.noFencing
    #expect(try LoadedSpec(yaml: draft.yaml(try Schema.ofSpec()), file: "pmm-ha.yml").cluster.fencing == .noneIAcceptDataLoss)
  }

  @Test("No mutation of the example crashes anything that reads it")
  func mutations() throws {
    let schema = try Schema.ofSpec()
    let example = Array(Schema.exampleText.utf8)
    var random = SplitMix(state: 2)
    let pieces = [
      "\t", "  ", "- ", ": ", "{", "}", "[", "]", "\"", "'", "#", "&a ", "*a", "!!int ", "|\n", "%", "\n", "\u{1}", "é", "? ", "<<: ",
      "---\n",
    ]
    for _ in 0..<1500 {
      var bytes = example
      for _ in 0...Int.random(in: 0...6, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: at)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...80, using: &random)))
        default: bytes[at] = UInt8.random(in: 9...126, using: &random)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try LoadedSpec(yaml: text, file: "pmm-ha.yml", schema: schema)
      } catch {
        let unusable = try #require(error as? UnusableSpec, "\(error)\n\(text)")
        #expect(unusable.problems.contains(where: \.isError) && !unusable.description.isEmpty)
      }
    }
  }
}

private func fixture(_ name: String) throws -> String {
  let url = try #require(Bundle.module.url(forResource: "Fixtures/specs/\(name)", withExtension: nil), "\(name)")
  return try String(contentsOf: url, encoding: .utf8)
}

/// A small generator that gives the same numbers at every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
