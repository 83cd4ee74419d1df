import Subprocess
import Synchronization

/// What has come of an answer so far, and how many of its scripts have ended.
final class Received: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var ended = 0
    /// Up to here marks were counted.
    var looked = 0
  }
  private let state = Mutex(State())
  private let ends: Int
  private let mark: [UInt8]

  /// `ends` scripts are expected, each with a line that begins with `mark` and a blank at its end.
  init(ends: Int, mark: String) {
    self.ends = ends
    self.mark = Array("\n\(mark) ".utf8)
  }

  var count: Int { state.withLock { $0.bytes.count } }
  var isComplete: Bool { state.withLock { $0.ended >= ends } }
  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// The number of scripts that have ended, where that has changed.
  func append(_ chunk: SubprocessOutputSequence.Buffer) -> Int? {
    state.withLock { state in
      chunk.withUnsafeBytes { state.bytes.append(contentsOf: $0) }
      let before = state.ended
      while let end = lineEnd(&state) {
        state.looked = end
        state.ended += 1
      }
      return state.ended == before ? nil : state.ended
    }
  }

  /// The end of the next whole line of a mark, if it has come.
  private func lineEnd(_ state: inout State) -> Int? {
    let bytes = state.bytes
    var index = state.looked
    while index + mark.count <= bytes.count {
      guard bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) else {
        index += 1
        continue
      }
      // A section's mark has a word for the number of a script.
      let rest = bytes[(index + mark.count)...]
      guard let end = rest.firstIndex(of: 10) else { break }
      if rest.first.map({ (48...57).contains($0) }) == true { return end }
      index += 1
    }
    state.looked = max(state.looked, index)
    return nil
  }
}
