/// A file that a component keeps on a node, and the fact of what stands there.
package struct FileFact: Sendable, Equatable, Codable {
  package enum State: String, Sendable, Codable {
    case absent
    /// `content` holds it.
    case shown
    /// A secret file that holds what it should (compared on the node).
    case same
    /// A secret file that holds something else.
    case different
    /// A secret file that could not be compared: the value is not known here.
    case unknown
  }
  package var state: State
  package var content: String?
  /// Octal permissions, nil when absent.
  package var mode: UInt16?

  package init(_ state: State, content: String? = nil, mode: UInt16? = nil) {
    self.state = state
    self.content = content
    self.mode = mode
  }

  /// The step that brings the file to `wanted`, or nil when it is so already.
  package func step(
    _ node: NodeName, _ component: String, _ stage: Stage = .files, path: String, _ wanted: Text, mode: UInt16 = 0o644,
    owner: String = "root:root", effects: [Step.Effect] = []
  ) -> Step? {
    let secret = !wanted.secrets.isEmpty
    let right: Bool =
      switch state {
      case .shown: !secret && content == wanted.description
      case .same: true
      case .unknown: true
      case .absent, .different: false
      }
    if right && (self.mode == nil || self.mode == mode) { return nil }
    let why =
      switch state {
      case .absent: "it is not there"
      case .shown where content == wanted.description: "its permissions are not \(String(mode, radix: 8))"
      default: "it differs"
      }
    return Step(
      node, component, stage, "Write \(path)", because: why,
      .write(FileWrite(path, wanted, current: secret ? nil : content, mode: mode, owner: owner)), effects: effects)
  }
}
