import Core

/// What a node says about its side of the EC2 variant.
package struct EC2Facts: Sendable, Equatable, Codable {
  package var config: FileFact
  package var cli: FileFact
  /// The AWS CLI is installed.
  package var hasCLI: Bool
  /// The parameters of fence_aws by its own meta-data; nil where it is not installed, or did not say.
  package var fenceParameters: Set<String>?
  /// The resource agents that are there: `awsvip`.
  package var agents: Set<String>
  /// The kernel's names of EBS volumes by their serial numbers: `vol0123456789abcdef0` is `nvme1n1`.
  package var volumes: [String: String]
  /// A service that sets the interface's secondary addresses by itself.
  package var foreignSetup: [String]

  /// Reads what ec2-probe.sh printed.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard sections["end"] != nil else {
      throw UnreadableAnswer("ec2-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    func lines(_ name: String) -> [String] { (sections[name] ?? "").split(separator: "\n").map(String.init) }
    var modes: [String: UInt16] = [:]
    for line in lines("modes") {
      let words = line.split(separator: " ", maxSplits: 1)
      if words.count == 2 { modes[String(words[1])] = UInt16(words[0], radix: 8) }
    }
    func file(_ path: String) -> FileFact {
      guard let content = sections["file \(path)"] else { return FileFact(.absent) }
      return FileFact(.shown, content: content, mode: modes[path])
    }
    config = file(EC2Path.config)
    cli = file(EC2Path.cli)
    hasCLI = lines("programs").contains("aws")
    let parameters = lines("fence_aws")
    fenceParameters = parameters.isEmpty ? nil : Set(parameters)
    agents = Set(lines("agents"))
    volumes = [:]
    for line in lines("volumes") {
      let words = line.split(separator: " ")
      if words.count == 2, words[1].hasPrefix("vol") { volumes[words[1].filter { $0 != "-" }] = String(words[0]) }
    }
    foreignSetup = lines("foreign setup")
  }
}
