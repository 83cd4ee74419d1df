import Core
import Foundation
import Testing

@testable import Secrets

@Suite("Secrets and where they come from")
struct SecretsTests {
  private static let bmc = SecretName("fencing-fence_pmm1")

  private func sources(_ source: SecretSource?, _ directory: String = ".") -> SecretSources {
    SecretSources([.init(Self.bmc, from: source, place: "fencing/pmm1/password")], directory: directory)
  }

  private func surroundings(_ variables: [String: String] = [:], answer: String? = nil) -> SecretSources.Surroundings {
    .init(variable: { variables[$0] }, ask: answer.map { answer in { @Sendable _ in answer } })
  }

  /// A directory with one file `secret`.
  private func withFile<Result>(_ content: String, mode: Int = 0o600, _ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data(content.utf8).write(to: URL(filePath: directory + "/secret"))
    #expect(chmod(directory + "/secret", mode_t(mode)) == 0)
    return try body(directory)
  }

  private func message(_ body: () throws -> Void) throws -> String {
    try #require(throws: SecretsUnavailable.self) { try body() }.description
  }

  @Test("No way of printing shows a value")
  func nothingLeaks() throws {
    let values = SecretValues(given: [Self.bmc: "hunter2"], generated: [SecretName("hacluster"): "hunter3"], missing: [:])
    var dumped = ""
    dump(values, to: &dumped)
    dump([values], to: &dumped)
    let reflected = "\(Mirror(reflecting: values).children.map(\.value))"
    for text in ["\(values)", String(reflecting: values), String(describing: [values]), "\(Optional(values) as Any)", dumped, reflected] {
      #expect(!text.contains("hunter"), "\(text)")
      #expect(text.contains("hacluster"))
    }
    #expect(try values.value(Self.bmc) == "hunter2")
  }

  @Test("An environment variable's value; an unset or empty one is missing")
  func environment() throws {
    let source = sources(.environment("BMC"))
    #expect(try source.resolve(prompting: true, in: surroundings(["BMC": "a b\"c"])).value(Self.bmc) == "a b\"c")
    for variables in [[:], ["BMC": ""]] {
      let text = try message { _ = try source.resolve(prompting: true, in: surroundings(variables)) }
      #expect(text == "fencing/pmm1/password: the environment variable BMC is not set. Set it: read -rs BMC; export BMC.")
    }
    let text = try message { _ = try source.resolve(prompting: true, in: surroundings(["BMC": "a\nb"])) }
    #expect(text.contains("has several lines"))
  }

  @Test("What is not at hand is unknown to a plan, and says why when it is needed")
  func lookingOnly() throws {
    let values = try sources(.environment("BMC")).resolve(prompting: false, in: surroundings())
    #expect(values.known(Self.bmc) == nil)
    #expect(values.unavailable.map(\.message) == ["the environment variable BMC is not set"])
    #expect(try message { _ = try values.value(Self.bmc) }.contains("BMC is not set"))
    #expect(try message { _ = try values.value(SecretName("other")) }.contains("names no such secret"))
  }

  @Test("The first line of a file that only its owner can read", arguments: ["hunter2", "hunter2\n", "hunter2\r\nmore\n"])
  func file(_ content: String) throws {
    try withFile(content) { (directory: String) throws in
      #expect(try sources(.file("secret"), directory).resolve(prompting: false).known(Self.bmc) == "hunter2")
      #expect(try sources(.file("\(directory)/secret")).resolve(prompting: true).value(Self.bmc) == "hunter2")
    }
  }

  @Test("A file that others can read is refused, even where the secret is not needed", arguments: [0o644, 0o640, 0o604, 0o620, 0o602])
  func openFile(_ mode: Int) throws {
    try withFile("hunter2\n", mode: mode) { directory in
      for prompting in [true, false] {
        let text = try message { _ = try sources(.file("secret"), directory).resolve(prompting: prompting) }
        #expect(text.hasPrefix("fencing/pmm1/password: others can read or change \(directory)/secret (mode \(String(mode, radix: 8)))."))
        #expect(text.contains("chmod 600 \(directory)/secret"))
        #expect(!text.contains("hunter2"))
      }
    }
  }

  @Test("A file that is missing, empty, no file or no text says so")
  func badFiles() throws {
    try withFile("\nhunter2\n") { directory in
      func answer(_ path: String) throws -> String { try message { _ = try sources(.file(path), directory).resolve(prompting: true) } }
      #expect(try answer("nothing").contains("there is no file \(directory)/nothing"))
      #expect(try answer("secret").contains("is empty"))
      #expect(try answer(".").contains("is not a file"))
      #expect(mkfifo(directory + "/fifo", 0o600) == 0)
      #expect(try answer("fifo").contains("is not a file"))
      try Data([0xff, 0xfe, 10]).write(to: URL(filePath: directory + "/secret"))
      #expect(try answer("secret").contains("is not text"))
    }
  }

  @Test("People are asked only with consent and a terminal, and after all else is right")
  func prompts() throws {
    let source = sources(.prompt)
    #expect(try source.resolve(prompting: true, in: surroundings(answer: "typed")).value(Self.bmc) == "typed")
    #expect(try source.resolve(prompting: false, in: surroundings(answer: "typed")).known(Self.bmc) == nil)
    let text = try message { _ = try source.resolve(prompting: true, in: surroundings()) }
    #expect(text.contains("there is no terminal") && text.contains("{env: PMM_HA_FENCING_FENCE_PMM1}"))
    let both = SecretSources(source.entries + sources(.environment("BMC")).entries, directory: ".")
    let asking = SecretSources.Surroundings(variable: { _ in nil }) { _ in
      Issue.record("asked although something else is wrong")
      return ""
    }
    #expect(try message { _ = try both.resolve(prompting: true, in: asking) }.contains("BMC is not set"))
  }

  @Test("All that is missing is said at once")
  func allAtOnce() throws {
    let entries = ["A", "B"].map { SecretSources.Entry(SecretName($0), from: .environment($0), place: $0) }
    let text = try message { _ = try SecretSources(entries, directory: ".").resolve(prompting: true, in: surroundings()) }
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test("A generated password is long, new each time, and no standard to compare nodes with")
  func generated() throws {
    let (first, second) = (try sources(nil).resolve(prompting: true), try sources(nil).resolve(prompting: true))
    #expect(try first.value(Self.bmc).count == 32)
    #expect(try first.value(Self.bmc) != second.value(Self.bmc))
    #expect(try first.value(Self.bmc) == first.value(Self.bmc))
    #expect(first.known(Self.bmc) == nil)
  }
}
