import FoundationEssentials

/// A lab's directory: where what lies.
struct LabDirectory: Sendable {
  let path: String

  var record: String { "\(path)/lab.json" }
  var environment: String { "\(path)/lab.env" }
  var sshConfig: String { "\(path)/ssh_config" }
  var share: String { "\(path)/share" }
  var scripts: String { "\(path)/bin" }
  /// What the instances' role may do.
  var policy: String { "\(path)/cloud/policy.json" }

  func node(_ node: LabNode) -> String { "\(path)/nodes/\(node.name)" }
  func script(_ name: String) -> String { "\(scripts)/\(name)" }
  func password(_ node: LabNode) -> String { "\(self.node(node))/bmc/password" }
  func console(_ node: LabNode) -> String { "\(self.node(node))/console.log" }
  func powerLog(_ node: LabNode) -> String { "\(self.node(node))/power.log" }

  /// The image's archive on this machine, for one tag.
  func archive(_ pmm: LabPMM, tag: String) -> String {
    share + pmm.archive.dropFirst("/mnt/share".count).replacing("{tag}", with: tag)
  }

  /// Nil where no lab is, or one whose making was interrupted before it was decided what it is.
  func read() throws -> LabRecord? {
    guard FileManager.default.fileExists(atPath: record) else { return nil }
    do {
      return try JSONDecoder().decode(LabRecord.self, from: Data(contentsOf: URL(filePath: record)))
    } catch {
      throw LabFailure("\(record) cannot be read: \(error)", hint: "pmm-ha lab down, then pmm-ha lab up")
    }
  }

  /// The record comes last: where it is, the rest is.
  func write(_ lab: LabRecord) throws {
    for node in lab.nodes {
      try make(self.node(node))
      try put(node.environment, "\(self.node(node))/node.env")
    }
    try put(lab.environment, environment)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try put(String(decoding: encoder.encode(lab), as: UTF8.self), record)
  }

  /// The lab's scripts as they are in this binary: its BMCs and ssh call them by path.
  func writeScripts() throws {
    try make(scripts)
    for (name, body) in LabScripts.all { try put(String(decoding: body, as: UTF8.self), script(name)) }
  }

  func text(of file: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self) }

  private func make(_ directory: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw LabFailure("\(directory) cannot be made: \(error)", hint: "labs need root: run it with sudo")
    }
  }

  /// Whole or not at all.
  func put(_ text: String, _ file: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    } catch {
      throw LabFailure("\(file) cannot be written: \(error)", hint: "is there space left (df \(path))?")
    }
  }
}
