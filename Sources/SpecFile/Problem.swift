import Core

/// A finding in a spec, with its line.
package struct Problem: Sendable, Equatable {
  /// `blocking` where the spec cannot be used; `place` is the path in the spec.
  package let finding: Finding
  package let position: Position
  /// `place` by keys and indices, where names can be ambiguous.
  package let path: Path

  package init(_ finding: Finding, at position: Position, path: Path = Path()) {
    self.finding = finding
    self.position = position
    self.path = path
  }

  package var isError: Bool { finding.severity == .blocking }

  /// One line, as compilers write it, so that editors find the place.
  package func description(file: String) -> String {
    let severity = isError ? "" : "\(finding.severity.rawValue): "
    let place = finding.place.isEmpty ? "" : "\(finding.place): "
    return "\(file):\(position.line):\(position.column): \(severity)\(place)\(finding.message). \(finding.hint)"
  }
}

/// All that is wrong with a spec, to be printed.
package struct UnusableSpec: Error, CustomStringConvertible {
  package let file: String
  /// Errors and lesser findings, by line.
  package let problems: [Problem]

  package init(file: String, _ problems: [Problem]) {
    self.file = file
    self.problems = problems.inOrder
  }

  package var description: String {
    let errors = problems.count(where: \.isError)
    let summary = errors == 1 ? "1 mistake in \(file):" : "\(errors) mistakes in \(file):"
    return ([summary] + problems.map { $0.description(file: file) }).joined(separator: "\n")
  }
}

extension [Problem] {
  /// By line and column; those of one place in the order in which they were found.
  package var inOrder: [Problem] {
    enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element)
  }
}

/// Collects what is wrong with one file.
package struct ProblemList: Sendable {
  package let root: Tree
  package private(set) var all: [Problem] = []

  package init(_ root: Tree) { self.root = root }

  /// `hint` is a sentence of its own: what to write in its place. `breaks`: nothing that `path` leads to can be used.
  package mutating func add(
    _ path: Path, _ message: String, _ hint: String, at position: Position? = nil, severity: Finding.Severity = .blocking,
    breaks: Bool = true
  ) {
    let finding = Finding(severity, at: path.description(in: root), message, hint: hint)
    all.append(Problem(finding, at: position ?? path.position(in: root), path: path))
    if breaks && severity == .blocking { broken.append(path) }
  }

  /// Marks what cannot be used without a problem of its own.
  mutating func breaks(_ path: Path) { broken.append(path) }

  /// Something usable stands at `path` in place of what is wrong there.
  mutating func repaired(_ path: Path) { broken.removeAll { $0.isInside(path) } }

  /// Whether anything on the way to `path`, or in it, is wrong.
  package func isBroken(_ path: Path) -> Bool { broken.contains { $0.isInside(path) || path.isInside($0) } }

  private var broken: [Path] = []
}

/// A YAML file's text as a tree with positions. Throws an `UnusableSpec` that names the place where it is no YAML.
package func parsedTree(_ yaml: String, file: String) throws -> Tree {
  do {
    return try Tree(yaml: yaml)
  } catch {
    throw UnusableSpec(file: file, [Problem(Finding(.blocking, at: "", error.message, hint: error.hint), at: error.position)])
  }
}
