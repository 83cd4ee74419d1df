import Core
import Subprocess

extension Lab {
  /// Asks the service through the virtual IP every `milliseconds`, from the lab's network but outside the cluster, until
  /// `seconds` have passed (nil: until the task is cancelled), and hands on each answer as it comes: a question without
  /// an answer is settled a second after it was asked, so later ones may come before it.
  package func probe(
    every milliseconds: Int = 25, path: String = "/v1/server/readyz", seconds: Double? = nil,
    _ body: @escaping @Sendable (ProbeAnswer) async throws -> Void
  ) async throws {
    let record = try record()
    var arguments = ["--net=/run/netns/pmm-ha-lab-\(name)", "python3", "-I", place.script("probe.py")]
    arguments += [record.virtualIP, "443", path, "\(milliseconds)"] + (seconds.map { ["\($0)"] } ?? [])
    let result = try await run(
      .name("nsenter"), arguments: Arguments(arguments), input: .none, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      for try await line in execution.standardOutput.strings() {
        guard let answer = ProbeAnswer(line: line) else { throw LabFailure("the probe printed '\(line)'") }
        try await body(answer)
      }
    }
    guard case .exited(0) = result.terminationStatus else {
      try Task.checkCancellation()
      throw LabFailure(
        "the probe ended: \(result.standardError.split(separator: "\n").last ?? "\(result.terminationStatus)")",
        hint: "is the lab up? pmm-ha lab status --name \(name)")
    }
  }
}

/// One question to the service.
package struct ProbeAnswer: Codable, Sendable, Equatable {
  /// When it was asked: milliseconds since 1970.
  package let asked: Double
  /// HTTP's, 0 where there was no answer.
  package let status: Int
  /// Milliseconds until it was settled.
  package let took: Double
  /// Why there was no answer: `refused`, `time-out`, `no-host`, `closed`...
  package let reason: String?

  package init(asked: Double, status: Int, took: Double, reason: String? = nil) {
    self.asked = asked
    self.status = status
    self.took = took
    self.reason = reason
  }

  /// A line of probe.py.
  init?(line: String) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count >= 3, let asked = Double(words[0]), let status = Int(words[1]), let took = Double(words[2]) else { return nil }
    self.init(asked: asked, status: status, took: took, reason: words.count > 3 ? String(words[3]) : nil)
  }

  /// The service is ready.
  package var good: Bool { status == 200 }
  /// When it was settled.
  package var settled: Double { asked + took }
}
