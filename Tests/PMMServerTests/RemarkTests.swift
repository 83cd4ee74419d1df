import Core
import Foundation
import Testing

@testable import PMMServer

@Suite("What a pmm section says beyond its form") struct RemarkTests {
  private func remarks(
    _ tag: String = "3.9.1", image: String = "docker.io/percona/pmm-server", _ environment: [String: String] = [:]
  ) throws -> [PMMRemark] {
    try PMMSpec(image: image, tag: tag, major: tag.first == "2" ? .two : .three, environment: environment.mapValues { .plain($0) }).remarks
  }

  @Test(
    "Releases with known holes are told, with the first release that has none of them",
    arguments: [("3.6.0", "3.9.1", 2), ("3.7.0", "3.9.1", 1), ("3.9.0", "3.9.1", 1), ("3.9.1", "", 0), ("3.10.0", "", 0)])
  func holes(tag: String, good: String, count: Int) throws {
    let found = try remarks(tag)
    #expect(found.map(\.severity) == (count > 0 ? [.warning] : []))
    #expect(found.first?.hint == (count > 0 ? "Write \(good) or later." : nil))
    #expect(found.first.map { $0.message.components(separatedBy: "mended in").count - 1 } ?? 0 == count)
    // Another image's tags are not Percona's versions.
    #expect(try remarks(tag, image: "localhost/pmm-lab").isEmpty)
    #expect(try remarks(tag, image: "registry.example:5000/mirror/pmm-server").count == found.count)
  }

  @Test("Tags that Percona moves to newer images are told", arguments: ["3", "3.10", "latest", "dev-latest"])
  func floating(tag: String) throws {
    let found = try remarks(tag)
    #expect(found.map(\.severity) == [.warning] && found[0].message.hasPrefix("the tag \(tag) floats"))
  }

  @Test("3.4 floats among releases that all have the holes")
  func floatingAndOld() throws { #expect(try remarks("3.4").count == 2) }

  @Test("PMM 2 is at its end of life")
  func two() throws {
    #expect(try remarks("2.44.1").map(\.message) == ["PMM 2 is at its end of life since 2025-07-31: no more security fixes"])
  }

  @Test(
    "Names of the other major version are refused, with the right one and its value",
    arguments: [
      ("3.9.1", "DISABLE_TELEMETRY", "1", "Write PMM_ENABLE_TELEMETRY: \"0\" in its place."),
      ("3.9.1", "DISABLE_BACKUP_MANAGEMENT", "false", "Write PMM_ENABLE_BACKUP_MANAGEMENT: \"1\" in its place."),
      ("3.9.1", "DATA_RETENTION", "720h", "Write PMM_DATA_RETENTION in its place."),
      ("3.9.1", "METRICS_RESOLUTION_LR", "60s", "Write PMM_METRICS_RESOLUTION_LR in its place."),
      ("3.9.1", "ENABLE_RBAC", "1", "Write PMM_ENABLE_ACCESS_CONTROL in its place."),
      ("3.9.1", "PERCONA_TEST_POSTGRES_ADDR", "db:5432", "Write PMM_POSTGRES_ADDR in its place."),
      ("2.44.1", "PMM_ENABLE_TELEMETRY", "0", "Write DISABLE_TELEMETRY: \"1\" in its place."),
      ("2.44.1", "PMM_METRICS_RESOLUTION", "5s", "Write METRICS_RESOLUTION in its place."),
      ("2.44.1", "PMM_ENABLE_ALERTING", "maybe", "Write DISABLE_ALERTING, with the opposite value in its place."),
    ])
  func renamed(tag: String, name: String, value: String, hint: String) throws {
    let found = try remarks(tag, [name: value]).filter { $0.path.first == "environment" }
    #expect(found.map(\.severity) == [.blocking] && found.map(\.hint) == [hint] && found.first?.path == ["environment", name])
  }

  @Test("Every new name is known to PMM 3, every old one to PMM 2, and none to both")
  func tables() {
    for variable in RenamedVariable.all {
      let three = PMMSpec.Major.three
      #expect(three.variables[variable.new] != nil || three.prefixes.contains(where: variable.new.hasPrefix), "\(variable.new)")
      let two = PMMSpec.Major.two
      #expect(two.variables[variable.old] != nil || two.prefixes.contains(where: variable.old.hasPrefix), "\(variable.old)")
      #expect(three.variables[variable.old] == nil && two.variables[variable.new] == nil, "\(variable.old)")
    }
  }

  @Test(
    "Values that end PMM at its start are refused",
    arguments: [
      ("PMM_DATA_RETENTION", "30"), ("PMM_DATA_RETENTION", "30d"), ("PMM_DATA_RETENTION", "30h"), ("PMM_DATA_RETENTION", "0"),
      ("PMM_DATA_RETENTION", " 720h"), ("PMM_DATA_RETENTION", "\"720h\""), ("PMM_DATA_RETENTION", ""), ("PMM_DATA_RETENTION", "-720h"),
      ("PMM_METRICS_RESOLUTION", "5"), ("PMM_METRICS_RESOLUTION_HR", "1.5s"), ("PMM_METRICS_RESOLUTION_MR", "100ms"),
      ("PMM_METRICS_RESOLUTION_LR", "five"), ("PMM_ENABLE_TELEMETRY", "yes"), ("PMM_ENABLE_ALERTING", "on"), ("PMM_ENABLE_ALERTING", ""),
    ])
  func refusedValues(name: String, value: String) throws {
    let found = try remarks("3.9.1", [name: value])
    #expect(found.map(\.severity) == [.blocking] && found[0].message.hasPrefix("PMM ends at its start: \(name) is '\(value)'"))
  }

  @Test(
    "Values that PMM takes, and names that it hands on, are taken",
    arguments: [
      ("PMM_DATA_RETENTION", "720h"), ("PMM_DATA_RETENTION", "24h0m"), ("PMM_DATA_RETENTION", "2592000s"), ("PMM_METRICS_RESOLUTION", "5s"),
      ("PMM_METRICS_RESOLUTION_LR", "1m"), ("PMM_ENABLE_TELEMETRY", "False"), ("PMM_ENABLE_TELEMETRY", "T"), ("GF_SMTP_HOST", "mail:25"),
      ("VM_maxIngestionRate", "100000"), ("VMAGENT_loggerLevel", "WARN"), ("PMM_PUBLIC_ADDRESS", "pmm.example.net"),
      ("PMM_ENABLE_UPDATES", "1"),
      ("PMM_CLICKHOUSE_ADDR", "db:9000"),
    ])
  func taken(name: String, value: String) throws { #expect(try remarks("3.9.1", [name: value]).isEmpty) }

  @Test("What has no effect, a blank at an end and an unknown name are told and not refused")
  func told() throws {
    #expect(try remarks("3.9.1", ["LESS_LOG_NOISE": "1"]).map(\.severity) == [.warning])
    #expect(try remarks("3.9.1", ["GF_DATABASE_URL": "x"]).map(\.severity) == [.warning])
    #expect(
      try remarks("3.9.1", ["GF_SMTP_HOST": "mail "]).map(\.message) == [
        "the value of GF_SMTP_HOST begins or ends with a blank, which PMM gets with it"
      ])
    let unknown = try remarks("3.9.1", ["PMM_DATA_RETENTON": "720h"])
    #expect(unknown.map(\.severity) == [.note] && unknown.map(\.hint) == ["Did you mean PMM_DATA_RETENTION?"])
    #expect(try remarks("3.9.1", ["FOO": "1"]).map(\.severity) == [.note])
  }

  @Test("Updates of PMM's own are refused where PMM has them")
  func updates() throws {
    #expect(
      try remarks("3.8.1", ["PMM_ENABLE_UPDATES": "1"]).contains {
        $0.severity == .blocking && $0.message.contains("must not update itself")
      })
    #expect(
      try remarks("2.44.1", ["DISABLE_UPDATES": "0"]).contains { $0.severity == .blocking && $0.message.contains("must not update itself") }
    )
    #expect(try !remarks("2.44.1", ["DISABLE_UPDATES": "1"]).contains { $0.severity == .blocking })
  }
}
