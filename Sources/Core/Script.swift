/// A POSIX shell script that runs on a node: a resource file, and the values it works with.
///
/// It reaches the node on the standard input of one `sh`, so neither the values nor the script ever stand in an argv.
package struct Script: Sendable, Equatable {
  /// The resource's name without `.sh`, as plans and journals show it: `make-filesystem`.
  package let name: String
  /// Assigned, quoted, before the body, in this order. Names are shell variable names in capitals.
  package let variables: [Variable]
  /// The text of the file.
  package let body: String

  package struct Variable: Sendable, Equatable {
    package let name: String
    package let value: Text
  }

  /// `resource` is the embedded file, as `PackageResources` gives it. Values: strings, numbers, `Text` with secrets.
  package init(_ name: String, _ resource: [UInt8], _ variables: KeyValuePairs<String, Text> = [:]) {
    self.name = name
    self.variables = variables.map { Variable(name: $0.key, value: $0.value) }
    body = String(decoding: resource, as: UTF8.self)
  }

  /// The value given to a variable, secrets by name.
  package subscript(_ variable: String) -> String? { variables.first { $0.name == variable }?.value.description }

  /// Functions that every script on a node can call: `look` and `rest` (waiting.sh) for loops that wait, `section`
  /// (answers.sh) for answers; `must`, `mounted`, `signatures` (last-looks.sh) for looks that license a write.
  package static let functions = String(
    decoding: PackageResources.waiting_sh + PackageResources.answers_sh + PackageResources.last_looks_sh, as: UTF8.self)

  /// No script: a question that is not asked.
  package static let nothing = Script("nothing", [])

  /// There is nothing to run.
  package var isNothing: Bool { body.isEmpty }

  /// The whole script as a subshell: assignments first, then the body; it sees no standard input.
  package func rendered(_ resolve: (SecretName) throws -> String) rethrows -> String {
    let assignments = try variables.map { "\($0.name)=\(shellQuoted(try $0.value.revealed(resolve)))\n" }.joined()
    return "(\n\(assignments)\(body)\n) </dev/null\n"
  }
}

/// `value` as one word for a POSIX shell.
package func shellQuoted(_ value: String) -> String {
  let safe = value.utf8.allSatisfy {
    (97...122).contains($0) || (65...90).contains($0) || (48...58).contains($0) || [45, 46, 47, 95, 61, 44, 64, 37, 43].contains($0)
  }
  if safe && !value.isEmpty { return value }
  return "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

extension Script {
  /// The same script with more values before its own.
  package func adding(_ more: KeyValuePairs<String, Text>) -> Script {
    Script(name: name, variables: more.map { Variable(name: $0.key, value: $0.value) } + variables, body: body)
  }

  private init(name: String, variables: [Variable], body: String) {
    self.name = name
    self.variables = variables
    self.body = body
  }
}
