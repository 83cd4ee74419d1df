import Core
import Subprocess

/// What a client asks the service, and how often.
package struct ProbeSettings: Sendable {
  /// The virtual IP, or any address that answers.
  package var address: String
  package var port = 443
  package var path = "/v1/server/readyz"
  /// Milliseconds between two questions.
  package var every = 25
  /// Ends after so many seconds; nil: when the task is cancelled.
  package var seconds: Double?
  /// Records are written too, called by this and a number.
  package var writes: String?
  /// Milliseconds between two of them.
  package var writesEvery = 100

  package init(address: String) { self.address = address }

  fileprivate var words: [String] {
    let first = [address, "\(port)", path, "\(every)", "\(seconds ?? 0)"]
    return first + (writes.map { [$0, "\(writesEvery)"] } ?? [])
  }
}

extension Lab {
  /// Asks the service through the virtual IP every `milliseconds`, from the lab's network but outside the cluster, until
  /// `seconds` have passed (nil: until the task is cancelled), and hands on each answer as it comes: a question without
  /// an answer is settled a second after it was asked, so later ones may come before it. With `writes`, a record of that
  /// name goes along with every fifth question.
  package func probe(
    every milliseconds: Int = 25, path: String = "/v1/server/readyz", seconds: Double? = nil, writes: String? = nil,
    _ body: @escaping @Sendable (ProbeAnswer) async throws -> Void
  ) async throws {
    var asking = ProbeSettings(address: try record().virtualIP)
    (asking.every, asking.path, asking.seconds, asking.writes) = (milliseconds, path, seconds, writes)
    asking.writesEvery = 5 * milliseconds
    let hint = "is the lab up? pmm-ha lab status --name \(name)"
    try await run(asking, ["nsenter", "--net=/run/netns/pmm-ha-lab-\(name)", "python3", "-I", place.script("probe.py")], hint, body)
  }
}

/// The same from this machine.
package func probe(_ asking: ProbeSettings, _ body: @escaping @Sendable (ProbeAnswer) async throws -> Void) async throws {
  let program = String(decoding: PackageResources.probe_py, as: UTF8.self)
  try await run(asking, ["python3", "-I", "-c", program], "it needs Python 3 on this machine: apt-get install python3-minimal", body)
}

private func run(
  _ asking: ProbeSettings, _ command: [String], _ hint: String, _ body: @escaping @Sendable (ProbeAnswer) async throws -> Void
) async throws {
  let result = try await Subprocess.run(
    .name(command[0]), arguments: Arguments(command.dropFirst() + asking.words), input: .none, output: .sequence,
    error: .string(limit: 1 << 16)
  ) { execution in
    for try await line in execution.standardOutput.strings() {
      guard let answer = ProbeAnswer(line: line) else { throw LabFailure("the probe printed '\(line)'") }
      try await body(answer)
    }
  }
  guard case .exited(0) = result.terminationStatus else {
    try Task.checkCancellation()
    throw LabFailure("the probe ended: \(result.standardError.split(separator: "\n").last ?? "\(result.terminationStatus)")", hint: hint)
  }
}
