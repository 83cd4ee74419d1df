/// What a node was asked about itself or another: it is so, it is not so, or no answer came that could be trusted.
///
/// A tool that fails, prints nothing, prints half or hangs has said neither yes nor no. What destroys data, confirms that a
/// node is off or forgets a node needs `.yes` or `.no` as positive evidence; `.unknown` never licenses it.
package enum Fact<Value: Sendable>: Sendable {
  /// It is so; with what was said of it.
  case yes(Value)
  /// It was asked, and the answer is that it is not so.
  case no
  /// It could not be asked, or the answer cannot be read.
  case unknown(Unknown)

  /// The value where it is so.
  package var value: Value? { if case .yes(let value) = self { value } else { nil } }

  /// It was asked and is not so. False where nothing is known.
  package var isNo: Bool { if case .no = self { true } else { false } }

  /// Why nothing is known; nil where something is.
  package var unknown: Unknown? { if case .unknown(let why) = self { why } else { nil } }

  /// The same answer about another value.
  package func map<Other>(_ change: (Value) throws -> Other) rethrows -> Fact<Other> {
    switch self {
    case .yes(let value): .yes(try change(value))
    case .no: .no
    case .unknown(let why): .unknown(why)
    }
  }
}

extension Fact: Equatable where Value: Equatable {}
extension Fact: Codable where Value: Codable {}

extension Fact where Value == Bool {
  /// A yes-or-no question whose tool answered.
  package init(_ answer: Bool) { self = answer ? .yes(true) : .no }
}

/// Why a fact is not known: which tool was asked, and what it did in place of an answer.
package struct Unknown: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The program as it is called: `crm_mon`, `wipefs /dev/sdb`.
  package let tool: String
  /// What it said, or what it did: "exit status 1", "no answer in 10 s", its last line.
  package let said: String

  package init(_ tool: String, _ said: String) {
    self.tool = tool
    self.said = said
  }

  package var description: String { "\(tool): \(said)" }
}
