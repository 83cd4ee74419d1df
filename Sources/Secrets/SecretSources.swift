import Core
import Glibc

/// Where the operator's machine finds each secret of a spec. Nothing here ever comes from a command line.
package struct SecretSources: Sendable, Equatable {
  /// One secret that the spec needs.
  package struct Entry: Sendable, Equatable {
    package let name: SecretName
    /// nil: generated where the nodes have none yet.
    package let source: SecretSource?
    /// The spec's path to it: `fencing/pmm1/password`.
    package let place: String

    package init(_ name: SecretName, from source: SecretSource?, place: String) {
      self.name = name
      self.source = source
      self.place = place
    }
  }

  package let entries: [Entry]
  /// Relative paths start here: the spec's own directory.
  package let directory: String

  package init(_ entries: [Entry], directory: String) {
    self.entries = entries
    self.directory = directory
  }

  /// How secrets are looked up; tests put their own in.
  package struct Surroundings: Sendable {
    package var variable: @Sendable (String) -> String?
    /// Asks a person; nil where there is no terminal.
    package var ask: (@Sendable (String) throws -> String)?

    package init(variable: @escaping @Sendable (String) -> String?, ask: (@Sendable (String) throws -> String)?) {
      self.variable = variable
      self.ask = ask
    }

    /// This process's environment and terminal.
    package static var process: Surroundings {
      Surroundings(
        variable: { name in getenv(name).map { String(cString: $0) } },
        ask: Prompt.isPossible ? { @Sendable in try Prompt.ask($0) } : nil)
    }
  }

  /// All values at once.
  ///
  /// With `prompting` every secret must come out, people are asked, and all that are missing are thrown together. Without,
  /// what is not at hand stays unknown (plans and status do without it). A file that others can read is refused always.
  package func resolve(prompting: Bool, in surroundings: Surroundings = .process) throws -> SecretValues {
    var given: [SecretName: String] = [:]
    var generated: [SecretName: String] = [:]
    var missing: [SecretName: Finding] = [:]
    var refused: [Finding] = []
    for entry in entries {
      do throws(Unavailable) {
        switch entry.source {
        case nil: generated[entry.name] = Self.randomPassword()
        case .environment(let variable): given[entry.name] = try Self.value(of: variable, surroundings)
        case .file(let path): given[entry.name] = try SecretFile(path, in: directory).firstLine()
        case .prompt:
          guard prompting else { throw Unavailable("is asked for on the terminal", hint: "Run pmm-ha apply.") }
        }
      } catch {
        let finding = Finding(.blocking, at: entry.place, error.message, hint: error.hint)
        if error.isDangerous || prompting { refused.append(finding) }
        missing[entry.name] = finding
      }
    }
    // People are asked last, and only when all else is right.
    for case (let entry, .prompt) in entries.map({ ($0, $0.source) }) where prompting && refused.isEmpty {
      guard let ask = surroundings.ask else {
        refused += promptless()
        break
      }
      given[entry.name] = try ask("Secret for \(entry.place): ")
    }
    if !refused.isEmpty { throw SecretsUnavailable(findings: refused) }
    return SecretValues(given: given, generated: generated, missing: missing)
  }

  private func promptless() -> [Finding] {
    entries.filter { $0.source == .prompt }.map { entry in
      let variable = "PMM_HA_" + entry.name.description.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
      return Finding(
        .blocking, at: entry.place, "must be asked for, and there is no terminal",
        hint: "Run pmm-ha in a terminal, or write {env: \(variable)} or {file: PATH} there.")
    }
  }

  private static func value(of variable: String, _ surroundings: Surroundings) throws(Unavailable) -> String {
    guard let value = surroundings.variable(variable), !value.isEmpty else {
      throw Unavailable("the environment variable \(variable) is not set", hint: "Set it: read -rs \(variable); export \(variable).")
    }
    guard !value.contains(where: \.isNewline) else {
      throw Unavailable("the environment variable \(variable) has several lines", hint: "A secret is one line.")
    }
    return value
  }

  /// 32 letters and digits: 190 bits, nothing that any tool would have to quote.
  private static func randomPassword() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    var generator = SystemRandomNumberGenerator()
    return String((0..<32).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
  }
}

/// Why a secret does not come out of its source.
struct Unavailable: Error {
  let message: String
  let hint: String
  /// Refused even where the secret is not needed.
  let isDangerous: Bool

  init(_ message: String, hint: String, isDangerous: Bool = false) {
    self.message = message
    self.hint = hint
    self.isDangerous = isDangerous
  }
}

/// All secrets that could not be had, to be printed.
package struct SecretsUnavailable: Error, CustomStringConvertible {
  package let findings: [Finding]
  package var description: String { findings.map { "\($0.place): \($0.message). \($0.hint)" }.joined(separator: "\n") }
}
