import Core

/// What a client gets at the virtual IP: PMM's own word for being ready, not a process that lives.
package struct ServiceAnswer: Sendable, Equatable, Codable {
  package let url: String
  /// 200 when PMM is ready; nil when nobody answers.
  package let status: Int?
  /// Until the whole answer was there.
  package let seconds: Double?

  package var isReady: Bool { status == 200 }

  /// Asked from a node, through the network's front door. `limit`: seconds to wait for an
  /// answer; `patience`: for how long to ask again.
  package static func question(_ url: String, limit: Int, patience: Int = 0) -> Question<ServiceAnswer> {
    Question(
      "probe-service", PackageResources.probe_service_sh, ["URL": Text(url), "LIMIT": Text("\(limit)"), "WAIT": Text("\(patience)")],
      limit: limit + patience + 15
    ) { ServiceAnswer($0, url: url) }
  }

  package init(_ answer: Answer, url: String) {
    let words = answer.output.split(whereSeparator: \.isWhitespace)
    let code = words.first.flatMap { Int($0) }
    self.url = url
    status = code == 0 ? nil : code
    seconds = words.count > 1 && status != nil ? Double(words[1]) : nil
  }
}
